#include "evaluate/datasets/dataset.h"
#include "evaluate/datasets/detect.h"
#include "evaluate/datasets/row_files.h"
#include "evaluate/datasets/rows.h"

namespace jnlp {
namespace {

SummarizationExample summarization_example(const DataSource& source, size_t line, const Json& row,
                                           const ReadOptions& options) {
  const Json& document = find_cell(source, line, row, options.text_column, document_column_names(),
                                   "document", "--text-column");
  const Json& summary = find_cell(source, line, row, options.summary_column, summary_column_names(),
                                  "summary", "--summary-column");
  SummarizationExample example{std::to_string(line),
                               nonblank_text(source, line, document, "document"),
                               nonblank_text(source, line, summary, "summary")};
  if (const auto id = row.find("id"); id != row.end()) {
    example.id = id->is_string() ? id->get<std::string>() : id->dump();
  }
  return example;
}

}  // namespace

Dataset<SummarizationExample> read_summarization(const std::filesystem::path& path,
                                                 const ReadOptions& options) {
  return read_row_files<SummarizationExample>(path, options, summarization_example, "has no rows");
}

}  // namespace jnlp
