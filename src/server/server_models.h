#pragma once

#include <memory>
#include <string>
#include <utility>

#include "backends/text_generation_pool.h"
#include "server/model_slot.h"
#include "server/summary_service.h"
#include "server/task_service.h"
#include "tasks/embedder.h"
#include "tasks/question_answerer.h"
#include "tasks/text_classifier.h"
#include "tasks/token_classifier.h"

namespace jnlp {

struct ChatService {
  ServedFacts facts;
  std::unique_ptr<TextGenerationPool> pool;
};

/// All that a server may serve. Slots fill while it runs.
struct ServerModels {
  ModelSlot<TaskService<TextClassifier>> sentiment{"sentiment"};
  ModelSlot<TaskService<TokenClassifier>> ner{"ner"};
  ModelSlot<TaskService<QuestionAnswerer>> qa{"qa"};
  ModelSlot<TaskService<Embedder>> embedding{"embedding"};
  ModelSlot<SummaryService> summarization{"summarization"};
  ModelSlot<ChatService> chat{"chat"};
};

}  // namespace jnlp
