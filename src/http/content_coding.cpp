#include "http/content_coding.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>

#include "http/error_status.h"
#include "http/headers.h"

namespace jnlp::http {
namespace {

constexpr int kGzipOnly = 16 + MAX_WBITS;

// Frees zlib's state on every way out.
struct Inflater {
  z_stream stream{};
  Inflater() {
    if (inflateInit2(&stream, kGzipOnly) != Z_OK) {
      throw Error(ErrorCode::internal, "zlib cannot start");
    }
  }
  ~Inflater() { inflateEnd(&stream); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
};

bool is_zero(std::string_view quality) {
  return quality.starts_with('0') && quality.find_first_of("123456789") == std::string_view::npos;
}

}  // namespace

bool accepts_gzip(std::string_view list) {
  while (!list.empty()) {
    const std::string_view item = list.substr(0, list.find(','));
    list.remove_prefix(std::min(list.size(), item.size() + 1));
    const std::string_view name = trim_blanks(item.substr(0, item.find(';')));
    if (!equals_ignoring_case(name, "gzip") && name != "*") continue;
    const size_t quality = item.find("q=");
    return quality == std::string_view::npos || !is_zero(trim_blanks(item.substr(quality + 2)));
  }
  return false;
}

bool is_compressible(std::string_view content_type) {
  const std::string_view type = trim_blanks(content_type.substr(0, content_type.find(';')));
  return (type.starts_with("text/") && type != "text/event-stream") || type.ends_with("json") ||
         type.ends_with("javascript") || type.ends_with("xml");
}

std::string compress_gzip(std::string_view text) {
  z_stream stream{};
  constexpr int kMemory = 8;
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kGzipOnly, kMemory, Z_DEFAULT_STRATEGY) !=
      Z_OK) {
    throw Error(ErrorCode::internal, "zlib cannot start");
  }
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int status = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (status != Z_STREAM_END) throw Error(ErrorCode::internal, "zlib cannot compress");
  return out;
}

std::string decompress_gzip(std::string_view bytes, size_t max_bytes) {
  const auto damaged = [](const char* why) {
    throw Error(ErrorCode::invalid_input, fmt::format("the body's gzip data is damaged: {}", why));
  };
  constexpr size_t kFirstChunk = size_t{16} << 10;
  Inflater inflater;
  z_stream& stream = inflater.stream;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string out;
  size_t size = 0;
  do {
    inflateReset(&stream);
    int status = Z_OK;
    while (status != Z_STREAM_END) {
      // One byte of room beyond the limit shows that there is more.
      if (size == out.size()) out.resize(std::min(max_bytes + 1, std::max(kFirstChunk, 2 * size)));
      stream.next_out = reinterpret_cast<Bytef*>(out.data() + size);
      stream.avail_out = static_cast<uInt>(out.size() - size);
      status = inflate(&stream, Z_NO_FLUSH);
      size = out.size() - stream.avail_out;
      if (size > max_bytes) {
        throw HttpError(
            413, ErrorCode::invalid_input,
            fmt::format("the body is longer than {} bytes when decompressed", max_bytes));
      }
      if (status == Z_BUF_ERROR && stream.avail_out > 0) damaged("it is cut off");
      if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) {
        damaged(stream.msg != nullptr ? stream.msg : "it is not gzip");
      }
    }
  } while (stream.avail_in > 0);
  out.resize(size);
  return out;
}

}  // namespace jnlp::http
