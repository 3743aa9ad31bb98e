#include "tasks/question_answerer.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <iterator>
#include <utility>

#include "base/error.h"
#include "tasks/answer_selection.h"
#include "tasks/text_windows.h"

namespace jnlp {
namespace {

constexpr int64_t kUsualWindow = 384;  // of SQuAD models since BERT's run_squad
constexpr int64_t kUsualStride = 128;
constexpr size_t kLeastContext = 3;  // separators and one token of the context

void check_options(const AnswerOptions& options) {
  if (options.top_k < 1) throw Error(ErrorCode::invalid_input, "top_k must be at least 1");
  if (options.max_answer_length < 1) {
    throw Error(ErrorCode::invalid_input, "max_answer_length must be at least 1 token");
  }
}

void check_input(const QuestionContext& input) {
  constexpr std::string_view kBlank = " \t\r\n\f\v";
  if (input.question.find_first_not_of(kBlank) == std::string::npos) {
    throw Error(ErrorCode::invalid_input, "the question is empty");
  }
  if (input.context.find_first_not_of(kBlank) == std::string::npos) {
    throw Error(ErrorCode::invalid_input,
                "the context is empty: there is no text to find the answer in");
  }
}

// A question whose windows are not all answered yet.
struct OpenQuestion {
  std::vector<Encoding> windows;
  std::vector<Output> outputs;
};

EncodeOptions encode_options(const LoadedModel& model, const AnswerOptions& options) {
  const int64_t usual = std::min(model.max_length, kUsualWindow);
  const int32_t max_length =
      checked_max_length(model, options.max_length == 0 ? usual : options.max_length);
  return {.max_length = max_length,
          .stride = checked_stride(options.doc_stride,
                                   std::min<int64_t>(max_length / 2, kUsualStride), max_length),
          .strategy = TruncationStrategy::only_second};
}

// The tokenizer speaks of first and second texts; here they have names.
std::vector<Encoding> encode_windows(const Tokenizer& tokenizer, const QuestionContext& input,
                                     const EncodeOptions& encode) {
  try {
    auto windows = tokenizer.encode_windows(input.question, input.context, encode);
    put_in_text_order(1, &windows);
    return windows;
  } catch (const Error& error) {
    const auto question_tokens = tokenizer.encode(input.question).size();
    if (question_tokens + kLeastContext + static_cast<size_t>(encode.stride) <
        static_cast<size_t>(encode.max_length)) {
      throw;
    }
    throw Error(
        error.code(),
        fmt::format("the question has {} tokens; windows of {} tokens that share {} have no "
                    "room for the context beside it",
                    question_tokens, encode.max_length, encode.stride));
  }
}

}  // namespace

QuestionAnswerer::QuestionAnswerer(LoadedModel model) : model_(std::move(model)) {
  require_head(model_, Head::question_answering);
}

std::vector<Answers> QuestionAnswerer::run(std::span<const QuestionContext> inputs,
                                           const AnswerOptions& options) {
  check_options(options);
  const EncodeOptions encode = encode_options(model_, options);
  std::vector<Answers> results;
  std::deque<OpenQuestion> open;
  const auto take = [&](Output output) {
    OpenQuestion& question = open.front();
    question.outputs.push_back(std::move(output));
    const size_t count = question.windows.size();
    if (options.progress)
      options.progress(std::ssize(question.outputs), std::ssize(question.windows));
    if (question.outputs.size() < count) return;
    Answers result{.answers = {}, .tokens = 0, .windows = static_cast<int64_t>(count)};
    for (const Encoding& window : question.windows) {
      result.tokens += static_cast<int64_t>(window.size());
    }
    result.answers = select_answers(question.windows, question.outputs,
                                    inputs[results.size()].context, encode.stride, options);
    results.push_back(std::move(result));
    open.pop_front();
  };
  BatchRunner runner(*model_.backend, options.batch, take);
  for (const QuestionContext& input : inputs) {
    check_input(input);
    open.push_back({encode_windows(*model_.tokenizer, input, encode), {}});
    // add() may close questions before this one, never this one: its last window still waits.
    for (const Encoding& window : open.back().windows) runner.add(window);
  }
  runner.finish();
  return results;
}

}  // namespace jnlp
