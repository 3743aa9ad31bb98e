#include "backends/backend.h"

namespace jnlp {

std::string_view to_string(Head head) {
  switch (head) {
    case Head::sequence_classification:
      return "sequence_classification";
    case Head::token_classification:
      return "token_classification";
    case Head::question_answering:
      return "question_answering";
    case Head::masked_lm:
      return "masked_lm";
    case Head::embedding:
      return "embedding";
  }
  return "unknown";
}

std::optional<Head> head_named(std::string_view name) {
  for (const Head head : kAllHeads) {
    if (to_string(head) == name) return head;
  }
  return std::nullopt;
}

void Batch::add(std::span<const int32_t> ids, std::span<const int32_t> types) {
  token_ids.insert(token_ids.end(), ids.begin(), ids.end());
  if (types.empty()) {
    type_ids.resize(token_ids.size(), 0);
  } else {
    type_ids.insert(type_ids.end(), types.begin(), types.end());
  }
  cu_seqlens.push_back(static_cast<int32_t>(token_ids.size()));
}

}  // namespace jnlp
