#pragma once

#include "http/router.h"
#include "server/chat_answers.h"
#include "server/server_models.h"

namespace jnlp {

/// OpenAI's routes for texts that a language model writes, in one piece or as server-sent events:
///   POST /v1/chat/completions
///   POST /v1/completions
/// A client that goes, or whose time is over, ends what is written for it. `models` and `answers`
/// must outlive the router.
void add_openai_chat_routes(const ServerModels& models, ChatAnswers& answers, http::Router* router);

}  // namespace jnlp
