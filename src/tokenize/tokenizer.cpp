#include "tokenize/tokenizer.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/error.h"
#include "base/utf8.h"
#include "tokenize/files/load.h"
#include "tokenize/pipeline.h"

namespace jnlp {
namespace {

// More tokens than this mean a mistake: two long texts that are both cut give every combination of
// their windows, and a stride that is nearly a window gives one window for every token.
constexpr size_t kMaxWindowTokens = size_t{1} << 25U;

void check_options(const EncodeOptions& options) {
  if (options.max_length < 0 || options.stride < 0) {
    throw Error(ErrorCode::invalid_input, "max_length and stride must not be negative");
  }
}

}  // namespace

// The texts of one call, tokenized, and how they are cut.
class Tokenizer::Job {
 public:
  Job(const Pipeline& pipeline, std::string_view first, std::optional<std::string_view> second,
      const EncodeOptions& options)
      : pipeline_(pipeline), options_(options), first_text_(first), second_text_(second) {
    check_options(options);
    first_ = pipeline.tokenize(first);
    if (second) second_ = pipeline.tokenize(*second);
    plan_ = tok::plan_truncation(first_.size(), second_.size(), second.has_value(), request());
  }

  bool truncated() const { return plan_.truncated; }

  Encoding first_window() const {
    return build(plan_.first[0], second_text_ ? &plan_.second[0] : nullptr);
  }

  // In the order of `tokenizers`' overflowing encodings behind the encoding itself: the windows of
  // the text that stands first in the template, each with all of the other text's.
  std::vector<Encoding> all_windows() const {
    static const std::vector<tok::TokenWindow> kNoText(1);
    const bool swapped = second_text_ && pipeline_.post_processor.second_is_first();
    const std::vector<tok::TokenWindow>& second = second_text_ ? plan_.second : kNoText;
    const std::vector<tok::TokenWindow>& outer = swapped ? second : plan_.first;
    const std::vector<tok::TokenWindow>& inner = swapped ? plan_.first : second;
    std::vector<Encoding> windows{first_window()};
    check_count(outer.size(), inner.size(), windows[0].size());
    for (size_t i = 1; i <= outer.size(); ++i) {
      // The windows after the first come first.
      const tok::TokenWindow& one = outer[i % outer.size()];
      for (const tok::TokenWindow& other : inner) {
        if (!one.is_overflow && !other.is_overflow) continue;
        windows.push_back(swapped ? build(other, &one)
                                  : build(one, second_text_ ? &other : nullptr));
      }
    }
    return windows;
  }

 private:
  static void check_count(size_t outer, size_t inner, size_t length) {
    if (outer <= kMaxWindowTokens / inner / std::max<size_t>(length, 1)) return;
    throw Error(ErrorCode::invalid_input,
                fmt::format("{} times {} windows of {} tokens are too many; use a smaller stride, "
                            "let only one of the texts be cut, or use a greater maximum length",
                            outer, inner, length));
  }

  tok::TruncationRequest request() const {
    tok::TruncationRequest request;
    request.max_length = std::numeric_limits<size_t>::max();
    request.stride = static_cast<size_t>(options_.stride);
    request.strategy = options_.strategy;
    request.direction = options_.direction.value_or(pipeline_.direction);
    if (options_.max_length == 0) return request;
    const size_t added =
        options_.add_special_tokens ? pipeline_.post_processor.added(second_text_.has_value()) : 0;
    const auto wanted = static_cast<size_t>(options_.max_length);
    if (wanted < added) {
      throw Error(ErrorCode::invalid_input,
                  fmt::format("a maximum length of {} tokens has no room for the {} special tokens",
                              wanted, added));
    }
    request.max_length = wanted - added;
    return request;
  }

  Encoding build(const tok::TokenWindow& first, const tok::TokenWindow* second) const {
    std::optional<tok::PostProcessor::Part> second_part;
    if (second != nullptr) second_part = {&second_, *second_text_, *second};
    return pipeline_.post_processor.build({&first_, first_text_, first}, second_part,
                                          options_.add_special_tokens);
  }

  const Pipeline& pipeline_;
  const EncodeOptions& options_;
  std::string_view first_text_;
  std::optional<std::string_view> second_text_;
  tok::TokenSequence first_;
  tok::TokenSequence second_;
  tok::TruncationPlan plan_;
};

Tokenizer::Tokenizer(std::unique_ptr<const Pipeline> pipeline) : pipeline_(std::move(pipeline)) {}
Tokenizer::Tokenizer(Tokenizer&&) noexcept = default;
Tokenizer& Tokenizer::operator=(Tokenizer&&) noexcept = default;
Tokenizer::~Tokenizer() = default;

Tokenizer Tokenizer::from_directory(const std::filesystem::path& directory) {
  auto pipeline = std::make_unique<Pipeline>();
  tok::load_directory(directory, pipeline.get());
  pipeline->finish();
  return Tokenizer(std::move(pipeline));
}

Tokenizer Tokenizer::from_file(const std::filesystem::path& file) {
  auto pipeline = std::make_unique<Pipeline>();
  tok::load_file(file, pipeline.get());
  pipeline->finish();
  return Tokenizer(std::move(pipeline));
}

Encoding Tokenizer::encode(std::string_view text, const EncodeOptions& options,
                           bool* truncated) const {
  const Job job(*pipeline_, text, std::nullopt, options);
  if (truncated != nullptr) *truncated = job.truncated();
  return job.first_window();
}

Encoding Tokenizer::encode_pair(std::string_view first, std::string_view second,
                                const EncodeOptions& options, bool* truncated) const {
  const Job job(*pipeline_, first, second, options);
  if (truncated != nullptr) *truncated = job.truncated();
  return job.first_window();
}

std::vector<Encoding> Tokenizer::encode_windows(std::string_view first,
                                                std::optional<std::string_view> second,
                                                const EncodeOptions& options) const {
  return Job(*pipeline_, first, second, options).all_windows();
}

std::string Tokenizer::decode(std::span<const int32_t> ids, bool skip_special_tokens) const {
  std::vector<std::string> tokens;
  tokens.reserve(ids.size());
  for (const int32_t id : ids) {
    std::optional<std::string_view> token;
    if (pipeline_->added.token(id) != nullptr) {
      token = pipeline_->added.decoder_form(id);
    } else {
      token = pipeline_->model->vocabulary().token(id);
    }
    if (!token || (skip_special_tokens && pipeline_->added.is_special(*token))) continue;
    tokens.emplace_back(*token);
  }
  if (pipeline_->decoder) {
    pipeline_->decoder->apply(&tokens);
    return fmt::format("{}", fmt::join(tokens, ""));
  }
  return fmt::format("{}", fmt::join(tokens, " "));
}

std::optional<int32_t> Tokenizer::token_to_id(std::string_view token) const {
  if (const auto id = pipeline_->added.find(token)) return id;
  return pipeline_->model->vocabulary().find(token);
}

std::string Tokenizer::id_to_token(int32_t id) const {
  if (pipeline_->added.token(id) != nullptr) return std::string(pipeline_->added.decoder_form(id));
  if (const auto token = pipeline_->model->vocabulary().token(id)) return std::string(*token);
  throw Error(ErrorCode::not_found, fmt::format("the tokenizer has no token with the id {}", id));
}

int32_t Tokenizer::vocab_size() const {
  return static_cast<int32_t>(pipeline_->model->vocabulary().size() +
                              pipeline_->added.beyond_model());
}

std::string Tokenizer::continuing_subword_prefix() const {
  return std::string(pipeline_->model->continuing_prefix());
}

std::optional<int32_t> Tokenizer::unk_id() const {
  return pipeline_->model->unknown_id();
}

std::optional<int32_t> Tokenizer::file_max_length() const {
  return pipeline_->max_length;
}

}  // namespace jnlp
