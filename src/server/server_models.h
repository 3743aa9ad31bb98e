#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "backends/text_generation_pool.h"
#include "server/model_slot.h"
#include "server/task_service.h"
#include "tasks/embedder.h"
#include "tasks/question_answerer.h"
#include "tasks/summarizer.h"
#include "tasks/text_classifier.h"
#include "tasks/token_classifier.h"

namespace jnlp {

/// Summaries take long and use a model of their own: requests take turns.
struct SummaryService {
  ServedFacts facts;
  std::unique_ptr<Summarizer> summarizer;
  std::mutex turn;  ///< guards the summarizer
};

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
