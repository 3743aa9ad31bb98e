#pragma once

#include <string>
#include <string_view>

#include "http/request.h"

namespace jnlp {

/// The subprotocol that the server chooses where a WebSocket's client offers it.
inline constexpr std::string_view kWebSocketProtocol = "jetson-nlp";

/// The key in a WebSocket's handshake, or "". A page cannot set headers of a WebSocket, and a key
/// in a URL would end up in logs: it offers kWebSocketProtocol and, beside it, "jetson-nlp.key."
/// with the key's bytes in hex.
std::string web_socket_key(const http::Request& request);

}  // namespace jnlp
