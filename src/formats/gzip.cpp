#include "formats/gzip.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <limits>
#include <string_view>

#include "base/error.h"
#include "base/file.h"

namespace jnlp {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& why) {
  throw Error(ErrorCode::invalid_input,
              fmt::format("cannot decompress {}: {}", path.string(), why));
}

// Owns zlib's state so that every way out frees it.
class Inflater {
 public:
  explicit Inflater(const std::filesystem::path& path) : path_(path) {
    constexpr int kGzipOnly = 16 + MAX_WBITS;
    if (inflateInit2(&stream_, kGzipOnly) != Z_OK) fail(path_, "zlib cannot start");
  }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  // Inflates one member from the front of `input`, removes it there and appends to `out`.
  void member(std::string_view* input, size_t max_bytes, std::string* out) {
    inflateReset(&stream_);
    int status = Z_OK;
    while (status != Z_STREAM_END) {
      constexpr size_t kChunk = size_t{1} << 18;
      const size_t old_size = out->size();
      if (old_size > max_bytes) {
        fail(path_, fmt::format("the text is longer than {} bytes", max_bytes));
      }
      out->resize(old_size + kChunk);
      const size_t offered = std::min<size_t>(input->size(), std::numeric_limits<uInt>::max());
      stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input->data()));
      stream_.avail_in = static_cast<uInt>(offered);
      stream_.next_out = reinterpret_cast<Bytef*>(out->data() + old_size);
      stream_.avail_out = kChunk;
      status = inflate(&stream_, Z_NO_FLUSH);
      input->remove_prefix(offered - stream_.avail_in);
      out->resize(old_size + kChunk - stream_.avail_out);
      if (status == Z_BUF_ERROR) fail(path_, "it is cut off; fetch it again");
      if (status != Z_OK && status != Z_STREAM_END) {
        fail(path_, stream_.msg != nullptr ? stream_.msg : "the data is damaged");
      }
    }
    if (out->size() > max_bytes) {
      fail(path_, fmt::format("the text is longer than {} bytes", max_bytes));
    }
  }

 private:
  const std::filesystem::path& path_;
  z_stream stream_{};
};

}  // namespace

std::string read_maybe_gzip(const std::filesystem::path& path, size_t max_bytes) {
  constexpr std::string_view kMagic = "\x1f\x8b";
  std::string bytes = read_file(path);
  if (!bytes.starts_with(kMagic)) {
    if (bytes.size() > max_bytes) {
      throw Error(ErrorCode::invalid_input,
                  fmt::format("{} is longer than {} bytes", path.string(), max_bytes));
    }
    return bytes;
  }
  std::string text;
  std::string_view rest = bytes;
  Inflater inflater(path);
  // Like gzip itself: further members follow directly; other bytes behind the last are padding.
  while (rest.starts_with(kMagic)) inflater.member(&rest, max_bytes, &text);
  if (rest.find_first_not_of('\0') != std::string_view::npos) {
    fail(path, "something that is not gzip follows the compressed data");
  }
  return text;
}

}  // namespace jnlp
