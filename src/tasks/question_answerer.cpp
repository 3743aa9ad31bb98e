#include "tasks/question_answerer.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "tasks/answer_selection.h"

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

// The tokenizer speaks of first and second texts; here they have names.
std::vector<Encoding> encode_windows(const Tokenizer& tokenizer, const QuestionContext& input,
                                     const EncodeOptions& encode) {
  try {
    return tokenizer.encode_windows(input.question, input.context, encode);
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
  const int64_t usual = std::min(model_.max_length, kUsualWindow);
  const int32_t max_length =
      checked_max_length(model_, options.max_length == 0 ? usual : options.max_length);
  const EncodeOptions encode{
      .max_length = max_length,
      .stride = checked_stride(options.doc_stride, std::min<int64_t>(max_length / 2, kUsualStride),
                               max_length),
      .strategy = TruncationStrategy::only_second};

  std::vector<Encoding> encodings;
  std::vector<size_t> first_window = {0};
  for (const QuestionContext& input : inputs) {
    check_input(input);
    std::vector<Encoding> windows = encode_windows(*model_.tokenizer, input, encode);
    std::move(windows.begin(), windows.end(), std::back_inserter(encodings));
    first_window.push_back(encodings.size());
  }
  const std::vector<Output> outputs = run_encodings(*model_.backend, encodings, options.batch);

  std::vector<Answers> results(inputs.size());
  for (size_t i = 0; i < inputs.size(); ++i) {
    const size_t count = first_window[i + 1] - first_window[i];
    const auto windows = std::span(encodings).subspan(first_window[i], count);
    results[i].windows = static_cast<int64_t>(count);
    for (const Encoding& window : windows) {
      results[i].tokens += static_cast<int64_t>(window.size());
    }
    results[i].answers = select_answers(windows, std::span(outputs).subspan(first_window[i], count),
                                        inputs[i].context, encode.stride, options);
  }
  return results;
}

}  // namespace jnlp
