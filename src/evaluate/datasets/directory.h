#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace jnlp {

/// The data files to read for `path`: itself when it is a file; for a directory, the file (or its
/// shards "train-00000-of-00002.jsonl", in order) of the split, looked for in the directory and in
/// its data/ folder. `split` as ReadOptions::split says.
/// @throws Error not_found when nothing fits, unsupported when there is only Parquet, invalid_input
///   when several files fit; each lists what is there.
std::vector<std::filesystem::path> find_split_files(const std::filesystem::path& path,
                                                    const std::string& split);

}  // namespace jnlp
