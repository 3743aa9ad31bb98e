#include <fmt/format.h>

#include "evaluate/datasets/dataset.h"
#include "evaluate/datasets/detect.h"
#include "evaluate/datasets/directory.h"
#include "evaluate/datasets/rows.h"

namespace jnlp {
namespace {

const std::string& text_of(const DataSource& source, size_t line, const Json& cell,
                           std::string_view what) {
  if (!cell.is_string()) fail_at(source, line, fmt::format("the {} is not a string", what));
  const auto& text = cell.get_ref<const std::string&>();
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) {
    fail_at(source, line, fmt::format("the {} is empty", what));
  }
  return text;
}

SummarizationExample example_of(const DataSource& source, size_t line, const Json& row,
                                const ReadOptions& options) {
  const Json& document = find_cell(source, line, row, options.text_column, document_column_names(),
                                   "document", "--text-column");
  const Json& summary = find_cell(source, line, row, options.summary_column, summary_column_names(),
                                  "summary", "--summary-column");
  SummarizationExample example{std::to_string(line), text_of(source, line, document, "document"),
                               text_of(source, line, summary, "summary")};
  if (const auto id = row.find("id"); id != row.end()) {
    example.id = id->is_string() ? id->get<std::string>() : id->dump();
  }
  return example;
}

}  // namespace

Dataset<SummarizationExample> read_summarization(const std::filesystem::path& path,
                                                 const ReadOptions& options) {
  Dataset<SummarizationExample> data;
  data.files = find_split_files(path, options.split);
  for (const auto& file : data.files) {
    const DataSource source = open_source(file, options.format);
    data.format = source.format;
    const size_t before = data.examples.size();
    for_each_row(source, [&](const Json& row, size_t line) {
      data.examples.push_back(example_of(source, line, row, options));
    });
    if (data.examples.size() == before) fail_in(source, "has no rows");
  }
  return data;
}

}  // namespace jnlp
