#include "cli/text_input.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/file.h"
#include "cli/answer_inputs.h"
#include "support/paths.h"

namespace jnlp {
namespace {

class TextInputTest : public testing::Test {
 protected:
  InputOptions file_with(const std::string& bytes) {
    write_file(path_, bytes);
    InputOptions options;
    options.files = {path_};
    return options;
  }

  static std::vector<std::string> texts_of(TextInput input) {
    std::vector<std::string> texts;
    while (auto record = input.next()) texts.push_back(record->take_text("text"));
    return texts;
  }

  test::TemporaryDir directory_;
  std::filesystem::path path_ = directory_.path() / "input";
};

using Texts = std::vector<std::string>;

TEST_F(TextInputTest, TellsPlainLinesFromJsonLines) {
  EXPECT_EQ(texts_of(TextInput(file_with("a\n\nb"))), (Texts{"a", "", "b"}));
  EXPECT_EQ(texts_of(TextInput(file_with("\n {\"text\": \"a\"}\n\n{\"text\":\"b\"}\r\n"))),
            (Texts{"", "a", "b"}));
  InputOptions forced = file_with("{\"text\": \"a\"}\n");
  forced.format = InputOptions::Format::lines;
  EXPECT_EQ(texts_of(TextInput(forced)), Texts{"{\"text\": \"a\"}"});
}

TEST_F(TextInputTest, DecidesForEachFileAnew) {
  InputOptions options = file_with("{\"text\": \"a\"}\n");
  const std::filesystem::path second = directory_.path() / "second";
  write_file(second, "plain\n");
  options.files.push_back(second);
  EXPECT_EQ(texts_of(TextInput(options)), (Texts{"a", "plain"}));
}

TEST_F(TextInputTest, TakesAFileAsOneText) {
  InputOptions options = file_with("a\n{b\n");
  options.whole_file = true;
  EXPECT_EQ(texts_of(TextInput(options)), Texts{"a\n{b\n"});
}

TEST_F(TextInputTest, TellsADocumentFromJsonLines) {
  InputOptions options = file_with("a\r\n\n{b\n");
  options.format = InputOptions::Format::detect_document;
  EXPECT_EQ(texts_of(TextInput(options)), Texts{"a\r\n\n{b\n"});
  write_file(path_, "\n \t{\"text\": \"a\"}\n{\"text\": \"b\"}\n");
  EXPECT_EQ(texts_of(TextInput(options)), (Texts{"a", "b"}));
  write_file(path_, std::string(200'000, ' ') + "{\"text\": \"a\"}");
  EXPECT_EQ(texts_of(TextInput(options)), Texts{"a"});
  write_file(path_, "");
  EXPECT_EQ(texts_of(TextInput(options)), Texts{""});
  write_file(path_, "{braces} of plain text\n");
  options.whole_file = true;
  EXPECT_EQ(texts_of(TextInput(options)), Texts{"{braces} of plain text\n"});
}

TEST_F(TextInputTest, PassesOtherFieldsThrough) {
  TextInput input(file_with("{\"id\": [1], \"text\": \"a\", \"text_pair\": null}"));
  InputRecord record = *input.next();
  EXPECT_EQ(record.take_text("text"), "a");
  EXPECT_FALSE(record.take_optional_text("text_pair").has_value());
  EXPECT_EQ(record.fields["id"], OrderedJson::array({1}));
  EXPECT_FALSE(record.fields.contains("text"));
}

TEST_F(TextInputTest, RefusesWhatIsNoJsonObject) {
  for (const char* line : {"{\"text\"", "{} []", "{\"text\": \"\\ud800\"}"}) {
    TextInput input(file_with(line));
    EXPECT_THROW(input.next(), Error) << line;
  }
  InputOptions list = file_with("[1]");
  list.format = InputOptions::Format::jsonl;
  TextInput input(list);
  EXPECT_THROW(input.next(), Error);
}

struct Item {
  InputRecord record;
  std::string text;
  size_t bytes = 0;
};

Item prepare(InputRecord record) {
  Item item;
  item.text = record.take_text("text");
  item.record = std::move(record);
  return item;
}

TEST_F(TextInputTest, AnswersWhatCameBeforeABadInput) {
  Texts answered;
  const auto answer = [&](std::span<const Item> items) {
    for (const Item& item : items) {
      if (item.text == "bad") throw Error(ErrorCode::invalid_input, "cannot be answered");
    }
    for (const Item& item : items) answered.push_back(item.text);
  };
  TextInput input(file_with("a\nb\nbad\nc\n"));
  try {
    answer_inputs<Item>(input, prepare, answer);
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()), path_.string() + ", line 3: cannot be answered");
  }
  EXPECT_EQ(answered, (Texts{"a", "b"}));
  answered.clear();
  TextInput damaged(file_with("a\nb\n\xFF\n"));
  EXPECT_THROW(answer_inputs<Item>(damaged, prepare, answer), Error);
  EXPECT_EQ(answered, (Texts{"a", "b"}));
}

TEST_F(TextInputTest, BoundsWhatWaits) {
  std::string lines;
  for (int i = 0; i < 1000; ++i) lines += std::to_string(i) + "\n";
  size_t largest = 0;
  size_t total = 0;
  const auto answer = [&](std::span<const Item> items) {
    largest = std::max(largest, items.size());
    total += items.size();
  };
  TextInput input(file_with(lines));
  answer_inputs<Item>(input, prepare, answer);
  EXPECT_EQ(total, 1000U);
  EXPECT_EQ(largest, kMaxPendingInputs);
}

}  // namespace
}  // namespace jnlp
