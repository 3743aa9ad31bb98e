#include "cli/faq_output.h"

#include <fmt/format.h>

#include "cli/text_output.h"

namespace jnlp {
namespace {

constexpr const char* kNothingFound = "I do not find this in the documents.";
constexpr size_t kQuoteLength = 400;

std::string_view part(const std::string& text, TextSpan span) {
  return std::string_view(text).substr(span.begin, span.end - span.begin);
}

std::string place(const FaqAnswerer& faq, const PassageMatch& match) {
  const FaqPassage& passage = faq.passage(match);
  const std::string name =
      passage.is_pair() || passage.heading.empty() ? passage.name : passage.heading;
  const std::string where = fmt::format("{}:{}", faq.document(match).path.string(), passage.line);
  const std::string shown = preview(name, 80);
  return shown.empty() ? where : fmt::format("{} ({})", where, shown);
}

std::string dim_line(const std::string& text) {
  return coloured("  " + text, Colour::dim) + "\n";
}

std::string quote(const FaqAnswerer& faq, const FaqAnswer& answer) {
  const FaqPassage& passage = faq.passage(answer.matches[answer.source]);
  if (passage.is_pair()) return "Q: " + preview(passage.question, kQuoteLength);
  if (answer.kind != FaqAnswerKind::extracted) return preview(passage.text, kQuoteLength);
  return preview(part(passage.text, answer.sentence), kQuoteLength);
}

OrderedJson null_if_empty(const std::string& text) {
  return text.empty() ? OrderedJson(nullptr) : OrderedJson(text);
}

// Where parts of a passage stand in its file.
class FilePlaces {
 public:
  FilePlaces(const FaqAnswerer& faq, const PassageMatch& match)
      : passage_(faq.passage(match)), index_(faq.document(match).text) {}

  void put(TextSpan in_passage, const char* begin, const char* end, OrderedJson* json) const {
    (*json)[begin] = nullptr;
    (*json)[end] = nullptr;
    if (passage_.is_pair()) return;
    (*json)[begin] = index_.code_point_offset(passage_.span.begin + in_passage.begin);
    (*json)[end] = index_.code_point_offset(passage_.span.begin + in_passage.end);
  }

 private:
  const FaqPassage& passage_;
  CodePointIndex index_;
};

OrderedJson source_json(const FaqAnswerer& faq, const PassageMatch& match) {
  const FaqPassage& passage = faq.passage(match);
  OrderedJson json = {{"file", faq.document(match).path.string()}, {"line", passage.line}};
  FilePlaces(faq, match)
      .put({0, static_cast<uint32_t>(passage.text.size())}, "start", "end", &json);
  json["name"] = null_if_empty(passage.name);
  json["heading"] = null_if_empty(passage.heading);
  json["question"] = null_if_empty(passage.question);
  json["text"] = passage.text;
  json["similarity"] = shortest(match.similarity);
  return json;
}

void put_extraction(const FaqAnswerer& faq, const FaqAnswer& answer, OrderedJson* json) {
  const PassageMatch& match = answer.matches[answer.source];
  const FilePlaces places(faq, match);
  (*json)["score"] = shortest(answer.score);
  places.put(answer.span, "start", "end", json);
  (*json)["sentence"] = part(faq.passage(match).text, answer.sentence);
  places.put(answer.sentence, "sentence_start", "sentence_end", json);
}

void put_generation(const Generation& generation, OrderedJson* json) {
  const GenerationStats& stats = generation.stats;
  (*json)["finish_reason"] = to_string(generation.finish_reason);
  (*json)["prompt_tokens"] = stats.prompt_tokens;
  (*json)["generated_tokens"] = stats.generated_tokens;
  (*json)["prefill_seconds"] = stats.prefill_seconds;
  (*json)["decode_seconds"] = stats.decode_seconds;
}

}  // namespace

std::string faq_lines(const FaqAnswerer& faq, const FaqAnswer& answer) {
  const PassageMatch& match = answer.matches[answer.source];
  const std::string where = place(faq, match);
  if (answer.kind == FaqAnswerKind::none) {
    const bool far = match.similarity < faq.options().min_score;
    return std::string(kNothingFound) + "\n" +
           dim_line(
               fmt::format("nearest: {}, similarity {:.2f}{}", where, match.similarity,
                           far ? fmt::format(" (below {:.2f})", faq.options().min_score) : ""));
  }
  std::string lines;
  if (!answer.generation) lines = coloured(answer.text, Colour::green) + "\n";
  lines += dim_line(quote(faq, answer));
  std::string facts = fmt::format("{}, similarity {:.2f}", where, match.similarity);
  if (answer.kind == FaqAnswerKind::extracted)
    facts += fmt::format(", answer {:.2f}", answer.score);
  return lines + dim_line(facts);
}

OrderedJson faq_json(const FaqAnswerer& faq, const FaqAnswer& answer) {
  const bool found = answer.kind != FaqAnswerKind::none;
  OrderedJson json = {{"answer", found ? answer.text : kNothingFound},
                      {"found", found},
                      {"kind", to_string(answer.kind)},
                      {"similarity", shortest(answer.matches[answer.source].similarity)},
                      {"min_score", shortest(faq.options().min_score)}};
  if (answer.kind == FaqAnswerKind::extracted) put_extraction(faq, answer, &json);
  if (answer.generation) put_generation(*answer.generation, &json);
  json["source"] = nullptr;
  if (found) json["source"] = source_json(faq, answer.matches[answer.source]);
  json["nearest"] = OrderedJson::array();
  for (const PassageMatch& match : answer.matches) {
    json["nearest"].push_back(source_json(faq, match));
  }
  json["tokens"] = answer.tokens;
  return json;
}

}  // namespace jnlp
