#include "cli/llm_prompts.h"

#include <fmt/format.h>

#include <filesystem>

#include "base/error.h"
#include "base/json.h"
#include "base/utf8.h"
#include "evaluate/datasets/source.h"

namespace jnlp {
namespace {

std::string prompt_of(const DataSource& source, size_t line, const Json& row) {
  for (const char* field : {"prompt", "question", "text"}) {
    if (row.contains(field) && row[field].is_string()) return row[field].get<std::string>();
  }
  if (row.contains("turns") && row["turns"].is_array() && !row["turns"].empty() &&
      row["turns"][0].is_string()) {
    return row["turns"][0].get<std::string>();
  }
  fail_at(source, line, "no field \"prompt\", \"question\", \"text\" or \"turns\"");
}

void add_file(const std::string& file, std::vector<std::string>* prompts) {
  const DataSource source = open_source(file, DatasetFormat::jsonl);
  TextLines lines(source.text);
  std::string_view line;
  const size_t before = prompts->size();
  while (lines.next(&line)) {
    if (line.find_first_not_of(" \t") == std::string_view::npos) continue;
    if (line.starts_with('{')) {
      const Json row = parse_json(line, fmt::format("{}:{}", file, lines.number()));
      prompts->push_back(prompt_of(source, lines.number(), row));
    } else {
      prompts->emplace_back(line);
    }
  }
  if (prompts->size() == before) fail_in(source, "there are no prompts in it");
}

}  // namespace

std::vector<std::string> read_prompts(const std::vector<std::string>& values) {
  if (values.empty()) {
    return {"Explain the future of AI in education.",
            "The three most important rules for working safely with electricity are",
            "Once upon a time, in a village at the foot of a mountain,",
            "Write a short polite answer to a customer whose parcel has not arrived.",
            "To make a cup of tea, first"};
  }
  std::vector<std::string> prompts;
  for (const std::string& value : values) {
    std::error_code ignored;
    if (std::filesystem::exists(value, ignored) && !std::filesystem::is_directory(value, ignored)) {
      add_file(value, &prompts);
    } else {
      if (value.empty()) throw Error(ErrorCode::invalid_input, "a prompt is empty");
      if (!is_valid_utf8(value)) {
        throw Error(ErrorCode::invalid_input, "a prompt is not valid UTF-8");
      }
      prompts.push_back(value);
    }
  }
  return prompts;
}

}  // namespace jnlp
