#include "evaluate/datasets/squad.h"

#include <fmt/format.h>

#include "base/json.h"

namespace jnlp {
namespace {

class SquadReader {
 public:
  SquadReader(const DataSource& source, std::vector<QaExample>* out) : source_(source), out_(out) {}

  void read(const Json& document) {
    const Json& articles = array(document, "data", "");
    for (size_t a = 0; a < articles.size(); ++a) {
      const std::string article = fmt::format("data[{}]", a);
      const Json& paragraphs = array(articles[a], "paragraphs", article);
      for (size_t p = 0; p < paragraphs.size(); ++p) {
        read_paragraph(paragraphs[p], fmt::format("{}.paragraphs[{}]", article, p));
      }
    }
  }

 private:
  const Json& member(const Json& object, const char* key, const std::string& where) const {
    if (!object.is_object() || !object.contains(key)) {
      fail_in(source_,
              fmt::format("{} has no \"{}\"", where.empty() ? "the document" : where, key));
    }
    return object.at(key);
  }

  const Json& array(const Json& object, const char* key, const std::string& where) const {
    const Json& value = member(object, key, where);
    if (!value.is_array()) fail_in(source_, fmt::format("{} \"{}\" is no array", where, key));
    return value;
  }

  const std::string& string(const Json& object, const char* key, const std::string& where) const {
    const Json& value = member(object, key, where);
    if (!value.is_string()) fail_in(source_, fmt::format("{} \"{}\" is no string", where, key));
    return value.get_ref<const std::string&>();
  }

  void read_paragraph(const Json& paragraph, const std::string& where) {
    const std::string& context = string(paragraph, "context", where);
    const CodePointIndex index(context);
    const Json& questions = array(paragraph, "qas", where);
    for (size_t q = 0; q < questions.size(); ++q) {
      read_question(questions[q], context, index, fmt::format("{}.qas[{}]", where, q));
    }
  }

  void read_question(const Json& qa, const std::string& context, const CodePointIndex& index,
                     const std::string& where) {
    QaExample example;
    const Json& id = member(qa, "id", where);
    example.id = id.is_string() ? id.get<std::string>() : id.dump();
    example.question = string(qa, "question", where);
    example.context = context;
    const auto impossible = qa.find("is_impossible");
    example.is_impossible =
        impossible != qa.end() && impossible->is_boolean() && impossible->get<bool>();
    if (!example.is_impossible) {
      for (const Json& answer : array(qa, "answers", where)) {
        const std::string& text = string(answer, "text", where + ".answers");
        const auto start = answer.find("answer_start");
        const bool known = start != answer.end() && start->is_number_integer();
        const int64_t given = known ? start->get<int64_t>() : -1;
        example.answers.push_back({text, checked_start(context, index, text, given)});
      }
      if (example.answers.empty()) {
        fail_in(source_, where + " has no answer and is not marked is_impossible");
      }
    }
    out_->push_back(std::move(example));
  }

  const DataSource& source_;
  std::vector<QaExample>* out_;
};

}  // namespace

int64_t checked_start(const std::string& context, const CodePointIndex& index,
                      const std::string& text, int64_t start) {
  if (start < 0 || start > static_cast<int64_t>(context.size())) return -1;
  const size_t byte = index.byte_offset(static_cast<size_t>(start));
  if (byte > context.size()) return -1;
  return context.compare(byte, text.size(), text) == 0 ? start : -1;
}

void read_squad(const DataSource& source, std::vector<QaExample>* out) {
  const size_t before = out->size();
  SquadReader(source, out).read(parse_json(source.text, source.path.string()));
  if (out->size() == before) fail_in(source, "has no questions");
}

}  // namespace jnlp
