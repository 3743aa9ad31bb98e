#pragma once

#include <memory>

#include "http/any_stream.h"
#include "http/exchange.h"
#include "http/io_thread.h"
#include "http/web_socket.h"

namespace jnlp::http {

/// Whether the request asks for a WebSocket as RFC 6455 wants it.
bool is_web_socket_upgrade(const Request& request);

/// Takes a connection over, answers the handshake in `exchange` and has `handler` called from then
/// on. On the I/O thread.
void start_web_socket(AnyStream stream, IoThread* io, std::shared_ptr<Exchange> exchange,
                      std::shared_ptr<WebSocketHandler> handler);

}  // namespace jnlp::http
