#include "llm/quality_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>
#include <string_view>

#include "base/error.h"
#include "base/json.h"
#include "evaluate/datasets/rows.h"
#include "evaluate/datasets/source.h"
#include "evaluate/random.h"

namespace jnlp {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kUsualShots = 5;  // of MMLU and GSM8K
constexpr size_t kMostChoices = 8;  // so that "I" is no letter of a choice
constexpr std::string_view kBlanks = " \t\n\r";

struct Row {
  std::string subject;
  std::string question;
  std::vector<std::string> choices;
  size_t right = 0;
  std::string answer;  // of a calculation, with its way
};

struct Rows {
  QualityKind kind = QualityKind::multiple_choice;
  std::vector<Row> rows;
};

bool is_digit(char c) {
  return std::isdigit(static_cast<unsigned char>(c)) != 0;
}
bool is_alnum(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0;
}

std::string letter(size_t index) {
  return std::string(1, static_cast<char>('A' + index));
}

std::string text_of(const DataSource& source, size_t line, const Json& row, const char* field) {
  const auto found = row.find(field);
  if (found == row.end() || !found->is_string()) {
    fail_at(source, line, fmt::format("the field \"{}\" must be a text", field));
  }
  return found->get<std::string>();
}

// The place of the right choice: an index, a letter, or one of the row's own labels.
size_t right_choice(const DataSource& source, size_t line, const Json& row, size_t choices) {
  const Json& answer = row.at("answer");
  std::optional<size_t> found;
  if (answer.is_number_unsigned()) {
    found = answer.get<size_t>();
  } else if (answer.is_string()) {
    const auto text = answer.get<std::string>();
    if (row.contains("labels") && row["labels"].is_array()) {
      const auto& labels = row["labels"];
      const auto place = std::find(labels.begin(), labels.end(), answer);
      if (place != labels.end()) found = static_cast<size_t>(place - labels.begin());
    } else if (text.size() == 1 && text[0] >= 'A') {
      found = static_cast<size_t>(text[0] - 'A');
    }
  }
  if (!found || *found >= choices) {
    fail_at(source, line, "the field \"answer\" must be an index, a letter or one of \"labels\"");
  }
  return *found;
}

Row multiple_choice(const DataSource& source, size_t line, const Json& json) {
  Row row;
  row.question = text_of(source, line, json, "question");
  if (json.contains("subject")) row.subject = text_of(source, line, json, "subject");
  for (const Json& choice : json.at("choices")) {
    if (!choice.is_string()) fail_at(source, line, "\"choices\" must be texts");
    row.choices.push_back(choice.get<std::string>());
  }
  if (row.choices.size() < 2 || row.choices.size() > kMostChoices) {
    fail_at(source, line, fmt::format("\"choices\" must be 2 to {} texts", kMostChoices));
  }
  row.right = right_choice(source, line, json, row.choices.size());
  return row;
}

QualityKind kind_of(const DataSource& source, size_t line, const Json& row) {
  if (row.contains("choices") && row["choices"].is_array() && row.contains("answer")) {
    return QualityKind::multiple_choice;
  }
  if (row.contains("question") && row.contains("answer")) return QualityKind::number;
  if (row.contains("text")) return QualityKind::last_word;
  fail_at(
      source, line,
      "a row needs \"question\", \"choices\" and \"answer\", or \"question\" and \"answer\", or "
      "\"text\"");
}

Row read_row(const DataSource& source, size_t line, const Json& json, QualityKind kind) {
  if (kind_of(source, line, json) != kind) fail_at(source, line, "the rows are of several forms");
  if (kind == QualityKind::multiple_choice) return multiple_choice(source, line, json);
  Row row;
  if (kind == QualityKind::last_word) {
    row.question = text_of(source, line, json, "text");
    row.question.resize(row.question.find_last_not_of(kBlanks) + 1);
    if (row.question.find_first_of(kBlanks) == std::string::npos) {
      fail_at(source, line, "\"text\" must have several words");
    }
    return row;
  }
  row.question = text_of(source, line, json, "question");
  row.answer = text_of(source, line, json, "answer");
  if (row.answer.find("####") == std::string::npos) {
    fail_at(source, line, "\"answer\" must end with \"#### \" and the result");
  }
  return row;
}

Rows read_rows(const fs::path& path) {
  const DataSource source = open_source(path, DatasetFormat::automatic);
  Rows result;
  for_each_row(source, [&](const Json& json, size_t line) {
    if (result.rows.empty()) result.kind = kind_of(source, line, json);
    result.rows.push_back(read_row(source, line, json, result.kind));
  });
  if (result.rows.empty()) fail_in(source, "there are no questions in it");
  return result;
}

// "arc_easy-test.jsonl.gz" -> "arc_easy".
std::string stem_of(const fs::path& path) {
  const std::string file = path.filename().string();
  const size_t end = file.find_first_of(".-");
  std::string stem = file.substr(0, end);
  for (const std::string_view split : {"_test", "_dev", "_train"}) {
    if (stem.ends_with(split)) stem.resize(stem.size() - split.size());
  }
  return stem;
}

// The file of worked examples beside `path`; empty when there is none.
fs::path shots_beside(const fs::path& path) {
  const std::string stem = stem_of(path);
  std::vector<fs::path> found;
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string file = entry.path().filename().string();
    const bool other =
        file.find("dev") != std::string::npos || file.find("train") != std::string::npos;
    if (other && stem_of(entry.path()) == stem && file != path.filename().string()) {
      found.push_back(entry.path());
    }
  }
  std::sort(found.begin(), found.end());
  return found.empty() ? fs::path() : found.front();
}

std::string with_letters(const Row& row) {
  std::string text = row.question + "\n";
  for (size_t i = 0; i < row.choices.size(); ++i) {
    text += letter(i) + ". " + row.choices[i] + "\n";
  }
  return text + "Answer:";
}

std::string spaced(std::string subject) {
  std::replace(subject.begin(), subject.end(), '_', ' ');
  return subject;
}

// Puts together the prompts of one set.
class PromptWriter {
 public:
  PromptWriter(QualityKind kind, const std::vector<Row>& shots, int64_t count)
      : kind_(kind), shots_(shots), count_(static_cast<size_t>(count)) {}

  QualityItem item(const Row& row) const {
    if (kind_ == QualityKind::last_word) return last_word(row);
    if (kind_ == QualityKind::number) return number(row);
    return row.subject.empty() ? choice(row) : choice_of_subject(row);
  }

 private:
  static QualityItem last_word(const Row& row) {
    const size_t blank = row.question.find_last_of(kBlanks);
    QualityItem item;
    item.context = row.question.substr(0, row.question.find_last_not_of(kBlanks, blank) + 1);
    item.expected = row.question.substr(blank + 1);
    item.continuations = {" " + item.expected};
    item.prompt = item.context;
    return item;
  }

  QualityItem number(const Row& row) const {
    QualityItem item;
    for (size_t i = 0; i < std::min(count_, shots_.size()); ++i) {
      item.prompt +=
          fmt::format("Question: {}\nAnswer: {}\n\n", shots_[i].question, shots_[i].answer);
    }
    item.prompt += fmt::format("Question: {}\nAnswer:", row.question);
    const size_t result = row.answer.rfind("####") + 4;
    item.expected = row.answer.substr(
        std::min(row.answer.find_first_not_of(kBlanks, result), row.answer.size()));
    return item;
  }

  static QualityItem choice(const Row& row) {
    QualityItem item;
    item.context = fmt::format("Question: {}\nAnswer:", row.question);
    for (const std::string& choice : row.choices) item.continuations.push_back(" " + choice);
    item.right = row.right;
    item.prompt = "Question: " + with_letters(row);
    item.expected = letter(row.right);
    return item;
  }

  QualityItem choice_of_subject(const Row& row) const {
    QualityItem item;
    item.context =
        fmt::format("The following are multiple choice questions (with answers) about {}.\n\n",
                    spaced(row.subject));
    size_t used = 0;
    for (const Row& shot : shots_) {
      if (used == count_) break;
      if (shot.subject != row.subject) continue;
      item.context += fmt::format("{} {}\n\n", with_letters(shot), letter(shot.right));
      ++used;
    }
    item.context += with_letters(row);
    for (size_t i = 0; i < row.choices.size(); ++i) item.continuations.push_back(" " + letter(i));
    item.right = row.right;
    item.prompt = item.context;
    item.expected = letter(row.right);
    return item;
  }

  QualityKind kind_;
  const std::vector<Row>& shots_;
  size_t count_;
};

void set_lengths(QualitySet* set) {
  switch (set->kind) {
    case QualityKind::multiple_choice:
      set->max_tokens = 4;
      set->stop = {"\n"};
      break;
    case QualityKind::last_word:
      set->max_tokens = 8;
      set->stop = {"\n"};
      break;
    case QualityKind::number:
      set->max_tokens = 256;
      set->stop = {"Question:"};
      break;
  }
}

bool has_usual_shots(const Rows& rows) {
  return rows.kind == QualityKind::number ||
         (rows.kind == QualityKind::multiple_choice && !rows.rows.front().subject.empty());
}

// "-1,234.50" at `begin` as "-1234.5"; empty when no number stands there.
std::string number_at(std::string_view text, size_t begin) {
  std::string number;
  size_t i = begin;
  if (i < text.size() && (text[i] == '-' || text[i] == '+')) {
    if (text[i] == '-') number = "-";
    ++i;
  }
  if (i >= text.size() || !is_digit(text[i])) return {};
  bool fraction = false;
  for (; i < text.size(); ++i) {
    const bool more = i + 1 < text.size() && is_digit(text[i + 1]);
    if (is_digit(text[i])) {
      number += text[i];
    } else if (text[i] == '.' && more && !fraction) {
      fraction = true;
      number += '.';
    } else if (text[i] != ',' || !more || fraction) {
      break;
    }
  }
  if (fraction) {
    number.resize(number.find_last_not_of('0') + 1);
    if (number.back() == '.') number.pop_back();
  }
  return number;
}

std::string last_number(std::string_view text) {
  std::string last;
  for (size_t i = 0; i < text.size(); ++i) {
    if (!is_digit(text[i])) continue;
    const size_t begin = i > 0 && text[i - 1] == '-' ? i - 1 : i;
    last = number_at(text, begin);
    while (i + 1 < text.size() &&
           (is_digit(text[i + 1]) || text[i + 1] == ',' || text[i + 1] == '.')) {
      ++i;
    }
  }
  return last;
}

std::string result_of(std::string_view text) {
  const size_t mark = text.find("####");
  if (mark == std::string_view::npos) return last_number(text);
  const size_t begin = text.find_first_not_of(" $", mark + 4);
  return begin == std::string_view::npos ? std::string() : number_at(text, begin);
}

std::string first_letter(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    const bool alone =
        (i == 0 || !is_alnum(text[i - 1])) && (i + 1 == text.size() || !is_alnum(text[i + 1]));
    if (alone && text[i] >= 'A' && text[i] < static_cast<char>('A' + kMostChoices))
      return std::string(1, text[i]);
  }
  return {};
}

// Letters and digits of the first word, in ASCII lower case; other characters stand as they are.
std::string first_word(std::string_view text) {
  const size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  std::string word;
  for (const char c : text.substr(begin, text.find_first_of(kBlanks, begin) - begin)) {
    const bool ascii = static_cast<unsigned char>(c) < 0x80;
    if (!ascii || is_alnum(c)) word += c;
  }
  return ascii_lower(word);
}

}  // namespace

QualitySet read_quality_set(const std::string& name, const fs::path& path,
                            const QualityOptions& options) {
  const Rows rows = read_rows(path);
  QualitySet set;
  set.name = name;
  set.path = path;
  set.kind = rows.kind;
  set.size = rows.rows.size();
  set.shots = has_usual_shots(rows) ? (options.shots < 0 ? kUsualShots : options.shots) : 0;
  std::vector<Row> shots;
  if (set.shots > 0) {
    const fs::path beside = shots_beside(path);
    if (beside.empty()) {
      set.shots = 0;
    } else {
      set.shots_path = beside.string();
      shots = read_rows(beside).rows;
    }
  }
  set_lengths(&set);
  const PromptWriter writer(set.kind, shots, set.shots);
  for (const size_t i :
       choose_subset(rows.rows.size(),
                     static_cast<size_t>(options.samples == 0 ? rows.rows.size() : options.samples),
                     options.seed)) {
    set.items.push_back(writer.item(rows.rows[i]));
  }
  return set;
}

fs::path find_quality_set(const std::string& name, const std::vector<fs::path>& folders) {
  std::error_code ignored;
  if (fs::is_regular_file(name, ignored)) return name;
  std::vector<fs::path> found;
  for (const fs::path& folder : folders) {
    for (const fs::path& place : {folder, folder / "llm"}) {
      for (const auto& entry : fs::directory_iterator(place, ignored)) {
        const std::string file = entry.path().filename().string();
        if (file.starts_with(name) && file.find(".jsonl") != std::string::npos) {
          found.push_back(entry.path());
        }
      }
    }
    if (!found.empty()) break;
  }
  if (found.empty()) {
    throw Error(
        ErrorCode::not_found,
        fmt::format("no questions '{}': there is no such file, nor one whose name begins so "
                    "in the data folders; name a file, or their folder with --data-dir",
                    name));
  }
  std::sort(found.begin(), found.end(), [](const fs::path& left, const fs::path& right) {
    const auto key = [](const fs::path& path) {
      const std::string file = path.filename().string();
      return std::pair(file.find("test") == std::string::npos, file);
    };
    return key(left) < key(right);
  });
  return found.front();
}

bool is_right(QualityKind kind, const std::string& written, const std::string& expected) {
  switch (kind) {
    case QualityKind::multiple_choice:
      return first_letter(written) == expected;
    case QualityKind::last_word:
      return !first_word(written).empty() && first_word(written) == first_word(expected);
    case QualityKind::number: {
      const std::string result = result_of(written);
      return !result.empty() && result == number_at(expected, 0);
    }
  }
  return false;
}

}  // namespace jnlp
