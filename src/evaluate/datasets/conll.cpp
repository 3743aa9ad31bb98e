#include "evaluate/datasets/conll.h"

#include <fmt/format.h>

#include <algorithm>

#include "evaluate/datasets/detect.h"

namespace jnlp {
namespace {

using Cells = std::vector<std::string_view>;

struct Columns {
  int word = 1;
  int tag = -1;
  bool numbered = false;  // the first column counts the words
};

Cells split(std::string_view line) {
  if (line.find('\t') == std::string_view::npos) return split_blanks(line);
  Cells cells = split_tabs(line);
  while (!cells.empty() && cells.back().empty()) cells.pop_back();
  return cells;
}

// GermEval: number, word, outer tag, nested tag; or the same without the number. Both tag columns
// then hold nothing but tags, in tab-separated lines. (Space-separated files with three columns are
// word, part of speech or chunk, tag.)
Columns guess_columns(const DataSource& source) {
  constexpr int kLinesToSee = 1000;
  Columns columns;
  bool two_tags = true;
  int seen = 0;
  TextLines lines(source.text);
  std::string_view line;
  while (seen < kLinesToSee && lines.next(&line)) {
    const Cells cells = split(line);
    if (cells.empty() || cells[0] == "#") continue;
    if (seen == 0) columns.numbered = cells.size() >= 4 && cells[0] == "1" && line[1] == '\t';
    const size_t expected = columns.numbered ? 4 : 3;
    two_tags = two_tags && cells.size() == expected && line.find('\t') != std::string_view::npos &&
               looks_like_tag(cells[expected - 1]) && looks_like_tag(cells[expected - 2]);
    ++seen;
  }
  if (columns.numbered) columns.word = 2;
  if (two_tags && seen > 0) columns.tag = columns.numbered ? 3 : 2;
  return columns;
}

std::string_view pick(const DataSource& source, size_t line, const Cells& cells, int column) {
  const int count = static_cast<int>(cells.size());
  const int index = column > 0 ? column - 1 : count + column;
  if (index < 0 || index >= count) {
    fail_at(source, line, fmt::format("column {} is needed, the line has {}", column, count));
  }
  return cells[static_cast<size_t>(index)];
}

void add_word(const DataSource& source, size_t line, const Cells& cells, const Columns& columns,
              NerExample* sentence) {
  if (cells.size() < 2) fail_at(source, line, "a word and a tag are needed, the line has 1 column");
  const std::string_view word = pick(source, line, cells, columns.word);
  const std::string_view tag = pick(source, line, cells, columns.tag);
  if (word.empty()) fail_at(source, line, "the word is empty");
  if (!looks_like_tag(tag)) {
    fail_at(source, line,
            fmt::format("'{}' is no tag (O, B-TYPE, I-TYPE); name the tag's column with "
                        "--tag-column if it is another",
                        tag));
  }
  sentence->words.emplace_back(word);
  sentence->tags.emplace_back(tag);
}

}  // namespace

void read_conll(const DataSource& source, const ReadOptions& options,
                std::vector<NerExample>* out) {
  Columns columns = guess_columns(source);
  if (options.word_column != 0) columns.word = options.word_column;
  if (options.tag_column != 0) columns.tag = options.tag_column;
  const size_t before = out->size();
  NerExample sentence;
  const auto finish = [&] {
    if (!sentence.words.empty()) out->push_back(std::move(sentence));
    sentence = {};
  };
  TextLines lines(source.text);
  std::string_view line;
  while (lines.next(&line)) {
    const Cells cells = split(line);
    if (cells.empty() || cells[0] == "-DOCSTART-") {
      finish();
    } else if (!(columns.numbered && cells[0] == "#")) {
      add_word(source, lines.number(), cells, columns, &sentence);
    }
  }
  finish();
  if (out->size() == before) fail_in(source, "has no sentences");
}

}  // namespace jnlp
