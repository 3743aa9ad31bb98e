#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/headers.h"

namespace jnlp::http {

using Clock = std::chrono::steady_clock;
using NamedValues = std::vector<std::pair<std::string, std::string>>;
/// Becomes true when the client has gone; outlives the request.
using GoneFlag = std::shared_ptr<const std::atomic<bool>>;

/// What a client asks.
struct Request {
  std::string method;
  std::string target;  ///< as it was sent
  std::string path;    ///< decoded, without the query; well-formed UTF-8 without "." and ".."
  NamedValues query;   ///< decoded, in order
  NamedValues params;  ///< what stood in the places that the route's pattern names
  Headers headers;
  std::string body;        ///< decompressed when it came in gzip
  std::string remote;      ///< the client's address
  std::string id;          ///< its x-request-id if that was sane, else one of ours
  std::string_view route;  ///< the route's pattern; "" when none fits
  int minor_version = 1;   ///< of HTTP/1
  Clock::time_point arrival{};
  /// From x-request-timeout-ms. Past it the client is told so (504), unless an answer has begun.
  std::optional<Clock::time_point> deadline;
  std::shared_ptr<std::atomic<bool>> gone = std::make_shared<std::atomic<bool>>(false);

  /// The client has gone: nobody will read an answer.
  bool cancelled() const { return gone->load(std::memory_order_relaxed); }
  bool expired() const { return deadline && Clock::now() >= *deadline; }
  std::string_view header(std::string_view name) const { return headers.get(name); }
  /// The first value of this name, or nullptr.
  const std::string* query_value(std::string_view name) const;
  /// The value of a pattern's place, or "".
  std::string_view param(std::string_view name) const;
};

}  // namespace jnlp::http
