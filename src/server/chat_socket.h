#pragma once

#include "http/router.h"
#include "server/chat_answers.h"
#include "server/server_models.h"

namespace jnlp {

/// WebSocket /chat: a conversation that the server keeps as long as the socket is open. Frames in
/// are those of read_chat_frame(); frames out are the chunks of /v1/chat/completions, the last one
/// with "usage" and, when the answer was ended by the client, the finish_reason "cancelled", or
/// {"error": {...}}, which leaves the socket open. `models` and `answers` must outlive the server.
void add_chat_socket(const ServerModels& models, ChatAnswers& answers, http::Router* router);

}  // namespace jnlp
