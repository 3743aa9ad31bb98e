#pragma once

#include "tasks/conversation.h"

namespace jnlp {

/// Talks with whoever writes to standard input, until it ends or says /exit. Answers appear as
/// they are generated; Ctrl-C ends an answer and not the program. `prompts`: shows that a line is
/// waited for.
void run_chat_terminal(Conversation* conversation, const GenerateOptions& options, bool prompts);

}  // namespace jnlp
