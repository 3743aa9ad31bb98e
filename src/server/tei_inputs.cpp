#include "server/tei_inputs.h"

#include <fmt/format.h>

#include "base/utf8.h"
#include "server/tei_errors.h"

namespace jnlp {
namespace {

[[noreturn]] void fail_empty(const std::string& name) {
  throw TeiError(TeiFault::empty, fmt::format("`{}` cannot be empty", name));
}

void check_batch(size_t size) {
  if (size > RequestFields::kMaxTexts) {
    throw TeiError(TeiFault::validation,
                   fmt::format("batch size {} > maximum allowed batch size {}", size,
                               RequestFields::kMaxTexts));
  }
}

[[noreturn]] void fail_sequence() {
  fail_tei_input(
      "`inputs` must be a string, a pair of strings [string, string] or a batch of mixed strings "
      "and pairs [[string], [string, string], ...]");
}

const std::string& text_in(const Json& value) {
  if (!value.is_string()) fail_sequence();
  return value.get_ref<const std::string&>();
}

// ["text"] or ["text", "pair"].
ClassifierInput sequence_of(const Json& list) {
  if (!list.is_array() || list.empty() || list.size() > 2) fail_sequence();
  ClassifierInput input{text_in(list[0]), std::nullopt};
  if (list.size() == 2) input.pair = text_in(list[1]);
  if (input.text.empty() && input.pair.value_or("").empty()) fail_empty("inputs");
  return input;
}

}  // namespace

std::vector<std::string> TeiSequences::texts() const {
  std::vector<std::string> texts;
  for (const ClassifierInput& input : inputs) {
    texts.push_back(input.text);
    if (input.pair) texts.push_back(*input.pair);
  }
  return texts;
}

std::string TeiSequences::shape() const {
  std::string shape;
  for (const ClassifierInput& input : inputs) shape += input.pair ? '2' : '1';
  return shape;
}

TeiSequences tei_sequences(const RequestFields& fields) {
  if (!fields.has("inputs")) fail_tei_input("missing field `inputs`");
  const Json& inputs = fields.json()["inputs"];
  TeiSequences sequences;
  if (inputs.is_string()) {
    sequences.inputs.push_back(sequence_of(Json::array({inputs})));
  } else if (inputs.is_array() && !inputs.empty() && inputs[0].is_string()) {
    sequences.inputs.push_back(sequence_of(inputs));
  } else if (inputs.is_array() && !inputs.empty()) {
    check_batch(inputs.size());
    sequences.is_batch = true;
    for (const Json& list : inputs) sequences.inputs.push_back(sequence_of(list));
  } else {
    fail_sequence();
  }
  return sequences;
}

std::vector<std::string> tei_texts(const Json& object, const std::string& name) {
  const auto found = object.find(name);
  if (found == object.end()) fail_tei_input(fmt::format("missing field `{}`", name));
  const Json list = found->is_array() ? *found : Json::array({*found});
  if (list.empty()) fail_empty(name);
  check_batch(list.size());
  std::vector<std::string> texts;
  for (const Json& text : list) {
    if (!text.is_string()) {
      fail_tei_input(fmt::format(
          "`{}` must be a string or a list of strings; ids of tokens are not taken here", name));
    }
    if (text.get_ref<const std::string&>().empty()) fail_empty(name);
    texts.push_back(text.get<std::string>());
  }
  return texts;
}

LengthOptions tei_length(const RequestFields& fields) {
  LengthOptions length;
  length.truncate = fields.boolean("truncate", true);
  const std::string direction =
      fields.has("truncation_direction") ? fields.text("truncation_direction") : "right";
  if (direction == "left" || direction == "Left") {
    length.direction = TruncationDirection::left;
  } else if (direction == "right" || direction == "Right") {
    length.direction = TruncationDirection::right;
  } else {
    fail_tei_input("`truncation_direction` must be left or right");
  }
  return length;
}

std::string to_text(const LengthOptions& length) {
  return fmt::format("truncate={} left={}", length.truncate,
                     length.direction == TruncationDirection::left);
}

void refuse_prompts(const RequestFields& fields) {
  if (!fields.has("prompt_name")) return;
  fail_tei_input(
      "`prompt_name` is set but no prompts are known here: put the prompt into the text");
}

size_t count_characters(const std::vector<std::string>& texts) {
  size_t characters = 0;
  for (const std::string& text : texts) characters += count_code_points(text);
  return characters;
}

}  // namespace jnlp
