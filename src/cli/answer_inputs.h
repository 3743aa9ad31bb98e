#pragma once

#include <cstddef>
#include <exception>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "cli/text_input.h"
#include "cli/text_output.h"

namespace jnlp {

/// Inputs that are worked on together: enough to fill the packed batches of a model, few enough to
/// bound memory and the time until the first answer.
inline constexpr size_t kMaxPendingInputs = 256;
inline constexpr size_t kMaxPendingBytes = size_t{1} << 20;

/// An input that is one text.
struct TextItem {
  InputRecord record;  ///< without the text
  std::string text;
  size_t bytes = 0;
};

/// Takes a record's "text". @throws Error as InputRecord::take_text().
inline TextItem text_item(InputRecord record) {
  TextItem item;
  item.text = record.take_text("text");
  item.bytes = item.text.size();
  item.record = std::move(record);
  return item;
}

/// Answers a batch; when that fails, answers its items one by one, so that those before the bad one
/// are answered and the error names the place of the bad one.
template <typename Item, typename Answer>
void answer_batch(std::span<const Item> batch, const Answer& answer) {
  if (batch.empty()) return;
  try {
    answer(batch);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::io) throw;
    if (batch.size() == 1) {
      throw Error(error.code(), batch.front().record.where + ": " + error.what());
    }
    for (size_t i = 0; i < batch.size(); ++i) answer_batch(batch.subspan(i, 1), answer);
  }
  flush_output();
}

/// Reads all inputs and answers them in order. `prepare` makes an Item of a record (it has the
/// members `record` and `bytes`); `answer` computes and then writes the results of a batch. Never
/// waits for more input while some is unanswered. When an input is bad, those before it are
/// answered first; then its Error ends the run.
template <typename Item, typename Prepare, typename Answer>
void answer_inputs(TextInput& input, const Prepare& prepare, const Answer& answer) {
  std::exception_ptr fault;
  bool at_end = false;
  while (!at_end && !fault) {
    std::vector<Item> batch;
    size_t bytes = 0;
    while (batch.size() < kMaxPendingInputs && bytes < kMaxPendingBytes) {
      if (!batch.empty() && !input.ready()) break;
      try {
        std::optional<InputRecord> record = input.next();
        at_end = !record.has_value();
        if (at_end) break;
        batch.push_back(prepare(*std::move(record)));
        bytes += batch.back().bytes;
      } catch (const Error&) {
        fault = std::current_exception();
        break;
      }
    }
    answer_batch(std::span<const Item>(batch), answer);
  }
  if (fault) std::rethrow_exception(fault);
}

}  // namespace jnlp
