#include <fmt/format.h>

#include "evaluate/datasets/class_names.h"
#include "evaluate/datasets/conll.h"
#include "evaluate/datasets/dataset.h"
#include "evaluate/datasets/detect.h"
#include "evaluate/datasets/directory.h"
#include "evaluate/datasets/labels.h"
#include "evaluate/datasets/rows.h"
#include "evaluate/datasets/tag_schemes.h"

namespace jnlp {
namespace {

const std::vector<std::string> kWordColumns = {"tokens", "words"};
const std::vector<std::string> kTagColumns = {"ner_tags", "tags", "ner", "labels"};

std::string tag_text(const DataSource& source, size_t line, const Json& cell,
                     const std::vector<std::string>& names) {
  if (cell.is_number() && names.empty()) {
    fail_at(source, line,
            "the tags are numbers and nothing names them; give the names with --label-names, in "
            "order");
  }
  std::string tag = label_text(source, line, cell, names);
  if (!looks_like_tag(tag)) {
    fail_at(source, line, fmt::format("'{}' is no tag (O, B-TYPE, I-TYPE)", tag));
  }
  return tag;
}

NerExample ner_example(const DataSource& source, size_t line, const Json& row,
                       const ReadOptions& options, const std::vector<std::string>& names) {
  const Json& words =
      find_cell(source, line, row, options.text_column, kWordColumns, "words", "--text-column");
  const Json& tags =
      find_cell(source, line, row, options.label_column, kTagColumns, "tags", "--label-column");
  if (!words.is_array() || !tags.is_array()) {
    fail_at(source, line, "words and tags must be arrays; CSV and TSV cannot hold them");
  }
  if (words.size() != tags.size()) {
    fail_at(source, line, fmt::format("{} words but {} tags", words.size(), tags.size()));
  }
  NerExample example;
  for (size_t i = 0; i < words.size(); ++i) {
    if (!words[i].is_string() || words[i].get_ref<const std::string&>().empty()) {
      fail_at(source, line, fmt::format("word {} is not a string with content", i));
    }
    example.words.push_back(words[i].get<std::string>());
    example.tags.push_back(tag_text(source, line, tags[i], names));
  }
  return example;
}

void read_rows(const DataSource& source, const ReadOptions& options,
               const std::vector<std::string>& names, std::vector<NerExample>* out) {
  const size_t before = out->size();
  for_each_row(source, [&](const Json& row, size_t line) {
    NerExample example = ner_example(source, line, row, options, names);
    if (!example.words.empty()) out->push_back(std::move(example));
  });
  if (out->size() == before) fail_in(source, "has no sentences");
}

std::vector<std::string> tag_names(const std::filesystem::path& path, const ReadOptions& options) {
  if (!options.label_names.empty() || !std::filesystem::is_directory(path)) {
    return options.label_names;
  }
  if (!options.label_column.empty()) return read_class_names(path, options.label_column);
  for (const std::string& column : kTagColumns) {
    auto names = read_class_names(path, column);
    if (!names.empty()) return names;
  }
  return {};
}

}  // namespace

Dataset<NerExample> read_ner(const std::filesystem::path& path, const ReadOptions& options) {
  const auto names = tag_names(path, options);
  Dataset<NerExample> data;
  data.files = find_split_files(path, options.split);
  for (const auto& file : data.files) {
    const DataSource source = open_source(file, options.format);
    data.format = source.format;
    if (source.format == DatasetFormat::conll) {
      read_conll(source, options, &data.examples);
    } else {
      read_rows(source, options, names, &data.examples);
    }
  }
  std::vector<std::vector<std::string>> tags;
  for (NerExample& example : data.examples) tags.push_back(std::move(example.tags));
  const TagScheme scheme = scheme_of(tags);
  for (size_t i = 0; i < tags.size(); ++i) {
    to_iob2(scheme, &tags[i]);
    data.examples[i].tags = std::move(tags[i]);
  }
  return data;
}

}  // namespace jnlp
