#include "tokenize/tokenizer_fixture.h"

#include <algorithm>

#include "base/file.h"
#include "support/paths.h"

namespace jnlp::test {

std::vector<std::string> golden_tokenizer_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(test_file("golden/tokenizers"))) {
    const std::string name = entry.path().stem().string();
    if (entry.is_regular_file() && name != "regex") names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

Json golden_tokenizer(const std::string& name) {
  return read_json_file(test_file("golden/tokenizers/" + name + ".json"));
}

Tokenizer load_tokenizer(const std::string& text) {
  const TemporaryDir directory;
  const std::filesystem::path file = directory.path() / "tokenizer.json";
  write_file(file, text);
  return Tokenizer::from_file(file);
}

std::string repeated(std::string_view part, size_t times) {
  std::string text;
  text.reserve(part.size() * times);
  for (size_t i = 0; i < times; ++i) text += part;
  return text;
}

}  // namespace jnlp::test
