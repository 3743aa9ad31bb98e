#include "evaluate/datasets/class_names.h"
#include "evaluate/datasets/dataset.h"
#include "evaluate/datasets/detect.h"
#include "evaluate/datasets/directory.h"
#include "evaluate/datasets/labels.h"
#include "evaluate/datasets/rows.h"

namespace jnlp {
namespace {

void read_file_into(const DataSource& source, const ReadOptions& options,
                    const std::vector<std::string>& names, Dataset<ClassificationExample>* out) {
  const size_t before = out->examples.size();
  for_each_row(source, [&](const Json& row, size_t line) {
    const Json& text = find_cell(source, line, row, options.text_column, text_column_names(),
                                 "text", "--text-column");
    const Json& label = find_cell(source, line, row, options.label_column, label_column_names(),
                                  "label", "--label-column");
    if (!text.is_string()) fail_at(source, line, "the text is not a string");
    out->examples.push_back(
        {text.get_ref<const std::string&>(), label_text(source, line, label, names)});
  });
  if (out->examples.size() == before) fail_in(source, "has no rows");
}

std::vector<std::string> class_names(const std::filesystem::path& path,
                                     const ReadOptions& options) {
  if (!options.label_names.empty() || !std::filesystem::is_directory(path)) {
    return options.label_names;
  }
  if (!options.label_column.empty()) return read_class_names(path, options.label_column);
  for (const std::string& column : label_column_names()) {
    auto names = read_class_names(path, column);
    if (!names.empty()) return names;
  }
  return {};
}

}  // namespace

Dataset<ClassificationExample> read_classification(const std::filesystem::path& path,
                                                   const ReadOptions& options) {
  const auto names = class_names(path, options);
  Dataset<ClassificationExample> data;
  data.files = find_split_files(path, options.split);
  for (const auto& file : data.files) {
    const DataSource source = open_source(file, options.format);
    data.format = source.format;
    read_file_into(source, options, names, &data);
  }
  return data;
}

}  // namespace jnlp
