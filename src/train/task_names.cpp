#include "train/task_names.h"

#include <map>

#include "base/error.h"

namespace jnlp {

const char* to_string(TrainTask task) {
  switch (task) {
    case TrainTask::classification:
      return "classification";
    case TrainTask::ner:
      return "ner";
    case TrainTask::qa:
      return "qa";
  }
  return "";
}

const char* to_string(TrainMethod method) {
  return method == TrainMethod::lora ? "lora" : "full";
}

Head head_of(TrainTask task) {
  switch (task) {
    case TrainTask::classification:
      return Head::sequence_classification;
    case TrainTask::ner:
      return Head::token_classification;
    case TrainTask::qa:
      return Head::question_answering;
  }
  throw Error(ErrorCode::internal, "unknown training task");
}

std::string architecture_name(const std::string& model_type, TrainTask task) {
  static const std::map<std::string, std::string> kNames = {
      {"bert", "Bert"},           {"distilbert", "DistilBert"},
      {"roberta", "Roberta"},     {"xlm-roberta", "XLMRoberta"},
      {"camembert", "Camembert"}, {"electra", "Electra"},
      {"albert", "Albert"},       {"mpnet", "MPNet"}};
  const auto found = kNames.find(model_type);
  if (found == kNames.end()) {
    throw Error(ErrorCode::unsupported, "cannot train a model of type '" + model_type + "'");
  }
  switch (task) {
    case TrainTask::classification:
      return found->second + "ForSequenceClassification";
    case TrainTask::ner:
      return found->second + "ForTokenClassification";
    case TrainTask::qa:
      return found->second + "ForQuestionAnswering";
  }
  return "";
}

}  // namespace jnlp
