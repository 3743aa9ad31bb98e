#include "server/web_socket_key.h"

#include <algorithm>
#include <charconv>

namespace jnlp {
namespace {

// "" for what is not hex.
std::string decode_hex(std::string_view hex) {
  if (hex.size() % 2 != 0) return "";
  std::string bytes;
  for (size_t i = 0; i < hex.size(); i += 2) {
    const char* const end = hex.data() + i + 2;
    unsigned char byte = 0;
    if (std::from_chars(end - 2, end, byte, 16).ptr != end) return "";
    bytes += static_cast<char>(byte);
  }
  return bytes;
}

}  // namespace

std::string web_socket_key(const http::Request& request) {
  constexpr std::string_view kMark = "jetson-nlp.key.";
  std::string_view offers = request.header("sec-websocket-protocol");
  while (!offers.empty()) {
    const size_t comma = std::min(offers.find(','), offers.size());
    const std::string_view offer = http::trim_blanks(offers.substr(0, comma));
    if (offer.starts_with(kMark)) return decode_hex(offer.substr(kMark.size()));
    offers.remove_prefix(std::min(offers.size(), comma + 1));
  }
  return "";
}

}  // namespace jnlp
