#include "generate/generation_defaults.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include "base/error.h"

namespace jnlp {
namespace {

// The value of a field; null where it is absent or null.
const Json* field(const Json& json, std::string_view key) {
  if (!json.is_object()) return nullptr;
  const auto found = json.find(key);
  return found != json.end() && !found->is_null() ? &*found : nullptr;
}

template <typename T>
T value_of(const Json& value, std::string_view key) {
  try {
    return value.get<T>();
  } catch (const Json::exception&) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("the generation config's {} has the value {}, which it cannot have",
                            key, dump_json(value).substr(0, 40)));
  }
}

template <typename T>
void read(const Json& json, std::string_view key, T* out) {
  if (const Json* value = field(json, key)) *out = value_of<T>(*value, key);
}

template <typename T>
void read(const Json& json, std::string_view key, std::optional<T>* out) {
  if (const Json* value = field(json, key)) *out = value_of<T>(*value, key);
}

// One id or a list of them.
void read_ids(const Json& json, std::string_view key, std::vector<int32_t>* out) {
  const Json* value = field(json, key);
  if (value == nullptr) return;
  *out = value->is_array() ? value_of<std::vector<int32_t>>(*value, key)
                           : std::vector<int32_t>{value_of<int32_t>(*value, key)};
}

void read_early_stopping(const Json& json, EarlyStopping* out) {
  const Json* value = field(json, "early_stopping");
  if (value == nullptr) return;
  if (*value == "never") {
    *out = EarlyStopping::never;
  } else {
    *out = value_of<bool>(*value, "early_stopping") ? EarlyStopping::yes : EarlyStopping::no;
  }
}

// What would change the result and is not done here, with the value that asks for nothing.
void refuse_others(const Json& json) {
  const std::array kNeutral = std::to_array<std::pair<std::string_view, Json>>({
      {"do_sample", false},
      {"num_beam_groups", 1},
      {"diversity_penalty", 0.0},
      {"penalty_alpha", 0.0},
      {"encoder_repetition_penalty", 1.0},
      {"encoder_no_repeat_ngram_size", 0},
      {"guidance_scale", 1.0},
      {"exponential_decay_length_penalty", nullptr},
      {"sequence_bias", nullptr},
      {"constraints", nullptr},
      {"force_words_ids", nullptr},
      {"stop_strings", nullptr},
      {"watermarking_config", nullptr},
  });
  for (const auto& [key, neutral] : kNeutral) {
    const Json* value = field(json, key);
    if (value == nullptr || *value == neutral) continue;
    throw Error(ErrorCode::unsupported,
                fmt::format("the generation config asks for {} {}, which the native engine does "
                            "not do; it has greedy and beam search",
                            key, dump_json(*value).substr(0, 40)));
  }
}

void check_ids(std::span<const int32_t> ids, std::string_view key, int64_t vocab_size) {
  for (const int32_t id : ids) {
    if (id >= 0 && id < vocab_size) continue;
    throw Error(ErrorCode::invalid_input, fmt::format("{} has the id {}, the vocabulary ends at {}",
                                                      key, id, vocab_size - 1));
  }
}

void check_all_ids(const Seq2SeqOptions& options, int64_t vocab_size) {
  if (!options.decoder_start_token_id) {
    throw Error(ErrorCode::invalid_input,
                "decoder_start_token_id is not set: neither generation_config.json nor "
                "config.json says with what token a target begins");
  }
  check_ids({&*options.decoder_start_token_id, 1}, "decoder_start_token_id", vocab_size);
  if (options.forced_bos_token_id) {
    check_ids({&*options.forced_bos_token_id, 1}, "forced_bos_token_id", vocab_size);
  }
  check_ids(options.forced_eos_token_id, "forced_eos_token_id", vocab_size);
  check_ids(options.eos_token_id, "eos_token_id", vocab_size);
  for (const std::vector<int32_t>& word : options.bad_words_ids) {
    check_ids(word, "bad_words_ids", vocab_size);
  }
}

[[noreturn]] void fail(const std::string& why) {
  throw Error(ErrorCode::invalid_input, why);
}

void check_numbers(const Seq2SeqOptions& options) {
  constexpr int64_t kMaxBeams = 1000;
  if (options.num_beams < 1 || options.num_beams > kMaxBeams) {
    fail(fmt::format("num_beams is {}, it must be from 1 to {}", options.num_beams, kMaxBeams));
  }
  if (options.num_return_sequences < 1 || options.num_return_sequences > options.num_beams) {
    fail(fmt::format("num_return_sequences is {}, it must be from 1 to num_beams, which is {}",
                     options.num_return_sequences, options.num_beams));
  }
  if (!(options.repetition_penalty > 0)) {
    fail(fmt::format("repetition_penalty is {}, it must be above 0", options.repetition_penalty));
  }
  if (options.no_repeat_ngram_size < 0) {
    fail(fmt::format("no_repeat_ngram_size is {}, it must be at least 0",
                     options.no_repeat_ngram_size));
  }
}

}  // namespace

Seq2SeqOptions read_generation_options(const Json& config, const Json& generation_config) {
  const Json& json = generation_config.is_null() ? config : generation_config;
  refuse_others(json);
  Seq2SeqOptions out;
  read(json, "max_length", &out.max_length);
  read(json, "max_new_tokens", &out.max_new_tokens);
  read(json, "min_length", &out.min_length);
  read(json, "min_new_tokens", &out.min_new_tokens);
  read(json, "num_beams", &out.num_beams);
  read(json, "num_return_sequences", &out.num_return_sequences);
  read(json, "length_penalty", &out.length_penalty);
  read_early_stopping(json, &out.early_stopping);
  read(json, "repetition_penalty", &out.repetition_penalty);
  read(json, "no_repeat_ngram_size", &out.no_repeat_ngram_size);
  read(json, "bad_words_ids", &out.bad_words_ids);
  read_ids(json, "suppress_tokens", &out.suppress_tokens);
  read_ids(json, "begin_suppress_tokens", &out.begin_suppress_tokens);
  read(json, "renormalize_logits", &out.renormalize_logits);
  read(json, "forced_bos_token_id", &out.forced_bos_token_id);
  read_ids(json, "forced_eos_token_id", &out.forced_eos_token_id);
  for (const Json* source : {&config, &json}) {
    read(*source, "bos_token_id", &out.decoder_start_token_id);
    read_ids(*source, "eos_token_id", &out.eos_token_id);
  }
  for (const Json* source : {&config, &json}) {
    read(*source, "decoder_start_token_id", &out.decoder_start_token_id);
  }
  return out;
}

Seq2SeqOptions settle(Seq2SeqOptions options, int64_t max_positions, int64_t vocab_size) {
  constexpr int64_t kDefaultNewTokens = 20;
  check_numbers(options);
  check_all_ids(options, vocab_size);
  // The start token is read and counts; the last token is never read.
  const int64_t limit = max_positions + 1;
  if (options.max_new_tokens) {
    options.max_length = *options.max_new_tokens + 1;
  } else if (!options.max_length) {
    options.max_length = kDefaultNewTokens + 1;
    if (max_positions > 0) options.max_length = std::min(*options.max_length, max_positions);
  }
  if (options.min_new_tokens) options.min_length = *options.min_new_tokens + 1;
  options.max_new_tokens.reset();
  options.min_new_tokens.reset();
  constexpr int64_t kMaxLength = 65'536;
  if (*options.max_length < 2 || *options.max_length > kMaxLength) {
    fail(fmt::format("max_length is {}, it must be from 2 (start token and another) to {}",
                     *options.max_length, kMaxLength));
  }
  if (max_positions > 0 && *options.max_length > limit) {
    fail(fmt::format("max_length is {}, the model writes at most {} tokens with the start token",
                     *options.max_length, limit));
  }
  return options;
}

}  // namespace jnlp
