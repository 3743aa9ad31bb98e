#include <fmt/format.h>

#include "base/utf8.h"
#include "evaluate/datasets/dataset.h"
#include "evaluate/datasets/directory.h"
#include "evaluate/datasets/rows.h"
#include "evaluate/datasets/squad.h"

namespace jnlp {
namespace {

const std::string& text_cell(const DataSource& source, size_t line, const Json& row,
                             const std::string& column) {
  const Json& cell = find_cell(source, line, row, "", {column}, column, "");
  if (!cell.is_string()) fail_at(source, line, fmt::format("\"{}\" is not a string", column));
  return cell.get_ref<const std::string&>();
}

int64_t integer_or_none(const Json& value) {
  return value.is_number_integer() ? value.get<int64_t>() : -1;
}

// {"text": ["a", "b"], "answer_start": [1, 2]}, the form of Hugging Face's `squad`.
void add_answer_lists(const DataSource& source, size_t line, const Json& answers,
                      QaExample* example) {
  const auto texts = answers.find("text");
  const auto starts = answers.find("answer_start");
  const bool lists = texts != answers.end() && texts->is_array() &&
                     (starts == answers.end() || starts->size() == texts->size());
  if (!lists) {
    fail_at(source, line, "\"answers\" needs arrays \"text\" and \"answer_start\" of one length");
  }
  const CodePointIndex index(example->context);
  for (size_t i = 0; i < texts->size(); ++i) {
    if (!(*texts)[i].is_string()) fail_at(source, line, "an answer's text is not a string");
    const auto& text = (*texts)[i].get_ref<const std::string&>();
    const int64_t start = starts == answers.end() ? -1 : integer_or_none((*starts)[i]);
    example->answers.push_back({text, checked_start(example->context, index, text, start)});
  }
}

// Code point at which the token with this index begins in text of tokens parted by single spaces.
int64_t token_start(std::string_view context, int64_t token) {
  size_t position = 0;
  for (int64_t i = 0; i < token; ++i) {
    const size_t space = context.find(' ', position);
    if (space == std::string_view::npos) return -1;
    position = space + 1;
  }
  return static_cast<int64_t>(count_code_points(context.substr(0, position)));
}

void add_single_answer(const DataSource& source, size_t line, const Json& row, QaExample* example) {
  const std::string& text = text_cell(source, line, row, "answer");
  int64_t start = -1;
  const auto tokens = row.find("answer_tokens");
  if (const auto given = row.find("answer_start"); given != row.end()) {
    start = integer_or_none(*given);
  } else if (tokens != row.end() && tokens->is_array() && !tokens->empty()) {
    start = token_start(example->context, integer_or_none((*tokens)[0]));
  }
  const CodePointIndex index(example->context);
  example->answers.push_back({text, checked_start(example->context, index, text, start)});
}

QaExample qa_example(const DataSource& source, size_t line, const Json& row) {
  QaExample example;
  const auto id = row.find("id");
  if (id == row.end()) {
    example.id = std::to_string(line);
  } else {
    example.id = id->is_string() ? id->get<std::string>() : id->dump();
  }
  example.question = text_cell(source, line, row, "question");
  example.context = text_cell(source, line, row, "context");
  if (const auto answers = row.find("answers"); answers != row.end() && answers->is_object()) {
    add_answer_lists(source, line, *answers, &example);
    example.is_impossible = example.answers.empty();
  } else {
    add_single_answer(source, line, row, &example);
  }
  return example;
}

void read_rows(const DataSource& source, std::vector<QaExample>* out) {
  const size_t before = out->size();
  for_each_row(
      source, [&](const Json& row, size_t line) { out->push_back(qa_example(source, line, row)); });
  if (out->size() == before) fail_in(source, "has no questions");
}

}  // namespace

Dataset<QaExample> read_qa(const std::filesystem::path& path, const ReadOptions& options) {
  Dataset<QaExample> data;
  data.files = find_split_files(path, options.split);
  for (const auto& file : data.files) {
    const DataSource source = open_source(file, options.format);
    data.format = source.format;
    if (source.format == DatasetFormat::squad) {
      read_squad(source, &data.examples);
    } else {
      read_rows(source, &data.examples);
    }
  }
  return data;
}

}  // namespace jnlp
