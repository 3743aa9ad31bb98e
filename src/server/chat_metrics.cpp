#include "server/chat_metrics.h"

#include <fmt/format.h>

#include <iterator>
#include <string_view>

#include "server/metric_head.h"

namespace jnlp {
namespace {

template <typename Number>
void write_value(std::string_view name, std::string_view type, std::string_view help, Number value,
                 std::string* out) {
  write_metric_head(name, type, help, out);
  fmt::format_to(std::back_inserter(*out), "jetson_nlp_{} {}\n", name, value);
}

}  // namespace

bool ChatMetrics::try_begin(int64_t most) {
  if (in_flight_.fetch_add(1, std::memory_order_relaxed) < most) return true;
  in_flight_.fetch_sub(1, std::memory_order_relaxed);
  refused_.fetch_add(1, std::memory_order_relaxed);
  return false;
}

void ChatMetrics::end(const Generation& answer) {
  const GenerationStats& stats = answer.stats;
  if (stats.first_token_seconds) first_token_seconds_.observe(*stats.first_token_seconds);
  const auto add = [](std::atomic<uint64_t>* sum, int64_t count) {
    sum->fetch_add(static_cast<uint64_t>(count), std::memory_order_relaxed);
  };
  add(&by_reason_[static_cast<size_t>(answer.finish_reason)], 1);
  add(&prompt_tokens_, stats.prompt_tokens);
  add(&reused_tokens_, stats.reused_tokens);
  add(&generated_tokens_, stats.generated_tokens);
  in_flight_.fetch_sub(1, std::memory_order_relaxed);
}

void ChatMetrics::fail() {
  failed_.fetch_add(1, std::memory_order_relaxed);
  in_flight_.fetch_sub(1, std::memory_order_relaxed);
}

void ChatMetrics::write(std::string* out) const {
  write_metric_head(
      "time_to_first_token_seconds", "histogram",
      "From the time a text is asked of the language model, waiting included, to its first "
      "token.",
      out);
  first_token_seconds_.write("jetson_nlp_time_to_first_token_seconds", "", out);
  write_metric_head("chats_total", "counter", "Texts of the language model by how they ended.",
                    out);
  const auto line = [out](std::string_view reason, uint64_t count) {
    fmt::format_to(std::back_inserter(*out), "jetson_nlp_chats_total{{reason=\"{}\"}} {}\n", reason,
                   count);
  };
  for (size_t i = 0; i < by_reason_.size(); ++i) {
    line(to_string(static_cast<FinishReason>(i)), by_reason_[i].load(std::memory_order_relaxed));
  }
  line("failed", failed_.load(std::memory_order_relaxed));
  line("refused", refused_.load(std::memory_order_relaxed));
  write_value("chats_in_flight", "gauge", "Texts that are being written or wait.", in_flight(),
              out);
  const auto count = [out](std::string_view name, std::string_view help,
                           const std::atomic<uint64_t>& value) {
    write_value(name, "counter", help, value.load(std::memory_order_relaxed), out);
  };
  count("generated_tokens_total", "Tokens that the language model wrote.", generated_tokens_);
  count("prompt_tokens_total", "Tokens of prompts.", prompt_tokens_);
  count("reused_prompt_tokens_total", "Of them, those that were still in memory.", reused_tokens_);
}

}  // namespace jnlp
