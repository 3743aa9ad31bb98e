#include "cli/tokenize_conformance.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <optional>
#include <sstream>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "base/utf8.h"
#include "formats/gzip.h"

namespace jnlp {
namespace {

constexpr size_t kShown = 5;

struct Case {
  std::string text;
  std::vector<int32_t> ids;
  std::vector<std::pair<size_t, size_t>> offsets;  // code points; empty when not given
};

std::vector<Json> read_lines(const std::string& path) {
  std::istringstream lines(read_maybe_gzip(path));
  std::vector<Json> values;
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) continue;
    values.push_back(parse_json(line, fmt::format("{}, line {}", path, values.size() + 1)));
  }
  return values;
}

std::vector<Case> read_cases(const std::string& expected, const std::string& texts) {
  const std::vector<Json> lines = read_lines(expected);
  const std::vector<Json> text_lines = texts.empty() ? lines : read_lines(texts);
  if (lines.size() != text_lines.size()) {
    throw Error(ErrorCode::invalid_input, fmt::format("{} has {} lines and {} has {}", expected,
                                                      lines.size(), texts, text_lines.size()));
  }
  std::vector<Case> cases;
  for (size_t i = 0; i < lines.size(); ++i) {
    try {
      Case one;
      one.text = text_lines[i].at("text").get<std::string>();
      const Json& ids = lines[i].is_array() ? lines[i] : lines[i].at("ids");
      one.ids = ids.get<std::vector<int32_t>>();
      if (lines[i].is_object() && lines[i].contains("offsets")) {
        one.offsets = lines[i].at("offsets").get<std::vector<std::pair<size_t, size_t>>>();
      }
      cases.push_back(std::move(one));
    } catch (const Json::exception& e) {
      throw Error(ErrorCode::invalid_input,
                  fmt::format("{}, line {}: {}", expected, i + 1, e.what()));
    }
  }
  return cases;
}

std::vector<std::pair<size_t, size_t>> code_points(const std::string& text,
                                                   const Encoding& encoding) {
  const CodePointIndex index(text);
  std::vector<std::pair<size_t, size_t>> offsets;
  for (const TextSpan& span : encoding.offsets) {
    offsets.emplace_back(index.code_point_offset(span.begin), index.code_point_offset(span.end));
  }
  return offsets;
}

}  // namespace

void run_conformance(const Tokenizer& tokenizer, const std::string& expected,
                     const std::string& texts) {
  const std::vector<Case> cases = read_cases(expected, texts);
  EncodeOptions options;
  options.add_special_tokens = false;
  size_t different = 0;
  for (size_t i = 0; i < cases.size(); ++i) {
    const Case& one = cases[i];
    const Encoding encoding = tokenizer.encode(one.text, options);
    const auto offsets = code_points(one.text, encoding);
    const bool ids_differ = encoding.ids != one.ids;
    if (!ids_differ && (one.offsets.empty() || offsets == one.offsets)) continue;
    if (++different > kShown) continue;
    fmt::print("text {}: {}\n", i, dump_json(Json(one.text)));
    if (ids_differ) {
      fmt::print("  expected ids {}\n  these ids    {}\n", one.ids, encoding.ids);
    } else {
      fmt::print("  expected offsets {}\n  these offsets    {}\n", one.offsets, offsets);
    }
  }
  fmt::print("{} of {} texts agree\n", cases.size() - different, cases.size());
  if (different > 0) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("{} of {} texts give other tokens than {} expects", different,
                            cases.size(), expected));
  }
}

}  // namespace jnlp
