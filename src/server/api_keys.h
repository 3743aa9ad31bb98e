#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "http/request.h"

namespace jnlp {

/// Keys that clients must show, as "Authorization: Bearer KEY" or "x-api-key: KEY", or as the
/// subprotocol of a WebSocket.
class ApiKeys {
 public:
  ApiKeys() = default;
  explicit ApiKeys(std::vector<std::string> keys) : keys_(std::move(keys)) {}
  /// One key per line; empty lines and those that begin with '#' do not count.
  /// @throws Error not_found, io; invalid_input for a file without a key, with a short one or
  /// one that no header can carry.
  static ApiKeys from_file(const std::filesystem::path& path);
  /// A key of 128 random bits. @throws Error io.
  static std::string random_key();

  /// No key is needed.
  bool empty() const { return keys_.empty(); }
  /// Takes as long for a wrong key as for a right one.
  bool allow(const http::Request& request) const;
  /// Whether it shows one of these keys; never when there is none.
  bool hold(const http::Request& request) const { return contains(given(request)); }
  size_t size() const { return keys_.size(); }
  /// What the request shows as its key; "" for nothing.
  static std::string given(const http::Request& request);

 private:
  bool contains(std::string_view key) const;

  std::vector<std::string> keys_;
};

}  // namespace jnlp
