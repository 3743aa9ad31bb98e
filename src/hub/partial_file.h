#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "hub/checksum.h"
#include "net/http_client.h"

namespace jnlp {

/// What the server sends cannot be the file that was asked for.
struct WrongContent {
  std::string what;
};

/// A file on the disk that grows by what the network brings, with its checksum so far. Every byte
/// is handed to the kernel at once, so that a killed process loses nothing.
class PartialFile : public BodySink {
 public:
  /// Opens or makes `path` and reads what is in it; more than `size` bytes are thrown away.
  /// @throws Error io.
  PartialFile(std::filesystem::path path, int64_t size, const std::string& checksum,
              std::function<void(int64_t)> on_bytes);
  ~PartialFile() override;
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;

  int64_t bytes() const { return bytes_; }
  int64_t received() const { return received_; }
  bool is_full() const { return bytes_ == size_; }

  /// Throws away all bytes.
  void restart();

  /// An answer begins: 206 goes on at bytes(), 200 starts over.
  /// @throws WrongContent when its headers do not fit the file.
  void begin(int status, const HttpHeaders& headers) override;
  /// @throws WrongContent when there is too much, Error io when the disk is full.
  void write(std::string_view bytes) override;

  /// Checks a full file and renames it to `target`. @throws WrongContent, Error io.
  void finish(const std::filesystem::path& target);

  void remove();

 private:
  void read_existing();
  [[noreturn]] void fail(std::string_view action) const;

  std::filesystem::path path_;
  int64_t size_;
  Checksum checksum_;
  std::function<void(int64_t)> on_bytes_;
  int descriptor_ = -1;
  int64_t bytes_ = 0;
  int64_t received_ = 0;
};

}  // namespace jnlp
