// Bodies in gzip: never more than the limit comes out, and what we compress comes back.
#include "http/content_coding.h"
#include "http/error_status.h"
#include "target.h"

namespace {

using namespace jnlp;

constexpr size_t kLimit = size_t{64} << 10;

bool is_too_long(std::string_view bytes, size_t limit) {
  try {
    http::decompress_gzip(bytes, limit);
    return false;
  } catch (const http::HttpError& error) {
    JNLP_HOLDS(error.status() == 413);
    return true;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input = fuzz::as_text(data, size);
  fuzz::accepts([&] {
    const std::string text = http::decompress_gzip(input, kLimit);
    JNLP_HOLDS(text.size() <= kLimit);
    JNLP_HOLDS(http::decompress_gzip(input, text.size()) == text);
    JNLP_HOLDS(text.empty() || is_too_long(input, text.size() - 1));
  });
  const std::string packed = http::compress_gzip(input);
  JNLP_HOLDS(http::decompress_gzip(packed, size) == input);
  JNLP_HOLDS(http::decompress_gzip(packed + packed, 2 * size).size() == 2 * size);
  JNLP_HOLDS(!fuzz::accepts([&] {
    http::decompress_gzip(std::string_view(packed).substr(0, packed.size() - 1), kLimit);
  }));
  http::is_compressible(input);
  http::accepts_gzip(input);
  return 0;
}
