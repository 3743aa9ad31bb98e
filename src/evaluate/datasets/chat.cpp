#include <utility>

#include "evaluate/datasets/dataset.h"
#include "evaluate/datasets/row_files.h"
#include "evaluate/datasets/rows.h"

namespace jnlp {
namespace {

// A string, or a list of some.
std::vector<std::string> texts_of(const DataSource& source, size_t line, const Json& cell,
                                  std::string_view what) {
  if (!cell.is_array()) return {nonblank_text(source, line, cell, what)};
  std::vector<std::string> texts;
  for (const Json& element : cell) texts.push_back(nonblank_text(source, line, element, what));
  return texts;
}

std::vector<std::string> turns_of(const DataSource& source, size_t line, const Json& row,
                                  const ReadOptions& options) {
  const Json& cell =
      find_cell(source, line, row, options.text_column, {"turns", "question", "prompt", "text"},
                "question", "--text-column");
  std::vector<std::string> turns = texts_of(source, line, cell, "question");
  if (turns.empty()) fail_at(source, line, "the list of turns is empty");
  return turns;
}

std::string optional_text(const Json& row, const char* name) {
  const auto found = row.find(name);
  return found == row.end() || !found->is_string() ? std::string() : found->get<std::string>();
}

std::string id_of(const Json& row, size_t line) {
  for (const char* name : {"id", "question_id"}) {
    const auto found = row.find(name);
    if (found != row.end()) {
      return found->is_string() ? found->get<std::string>() : found->dump();
    }
  }
  return std::to_string(line);
}

ChatExample chat_example(const DataSource& source, size_t line, const Json& row,
                         const ReadOptions& options) {
  ChatExample example;
  example.id = id_of(row, line);
  example.category = optional_text(row, "category");
  example.source = optional_text(row, "source");
  example.turns = turns_of(source, line, row, options);
  if (const auto answers = row.find("answers"); answers != row.end()) {
    example.answers = texts_of(source, line, *answers, "answer");
    example.is_impossible = example.answers.empty();
  } else if (const auto answer = row.find("answer"); answer != row.end()) {
    example.answers = {nonblank_text(source, line, *answer, "answer")};
  }
  return example;
}

}  // namespace

Dataset<ChatExample> read_chat(const std::filesystem::path& path, const ReadOptions& options) {
  return read_row_files<ChatExample>(path, options, chat_example, "has no questions");
}

}  // namespace jnlp
