#pragma once

#include <filesystem>
#include <string_view>

#include "evaluate/datasets/dataset.h"
#include "evaluate/datasets/directory.h"
#include "evaluate/datasets/rows.h"
#include "evaluate/datasets/source.h"

namespace jnlp {

/// A data set whose files are rows, one example each, made by
/// `example_of(source, line, row, options)`. `when_empty` says what a file without rows lacks.
/// @throws Error as the readers of dataset.h.
template <class Example, class ExampleOf>
Dataset<Example> read_row_files(const std::filesystem::path& path, const ReadOptions& options,
                                const ExampleOf& example_of, std::string_view when_empty) {
  Dataset<Example> data;
  data.files = find_split_files(path, options.split);
  for (const auto& file : data.files) {
    const DataSource source = open_source(file, options.format);
    data.format = source.format;
    const size_t before = data.examples.size();
    for_each_row(source, [&](const Json& row, size_t line) {
      data.examples.push_back(example_of(source, line, row, options));
    });
    if (data.examples.size() == before) fail_in(source, when_empty);
  }
  return data;
}

}  // namespace jnlp
