#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace jnlp {

/// Where a named data set is.
struct LocatedDataset {
  std::string name;  ///< for reports: the name that was asked for, or the file's
  std::filesystem::path path;
  std::string split;  ///< for ReadOptions
};

/// Folders that are searched for data sets by name, best first: those of $JETSON_NLP_DATA (parted
/// by colons), share/jetson-nlp/data beside the program, and data/ of the source tree that it was
/// built in.
std::vector<std::filesystem::path> default_data_dirs();

/// `name` is an existing file or folder; "smoke", the small set of ours for each task; or the name
/// of a folder or file inside one of `data_dirs` ("sst2", "conll2003", "squad", "squad_v2", ...).
/// `split` is passed on; when it is empty, squad and squad_v2 choose between the files of both.
/// @throws Error not_found that lists what the folders hold.
LocatedDataset locate_dataset(const std::string& task, const std::string& name,
                              const std::vector<std::filesystem::path>& data_dirs,
                              const std::string& split);

}  // namespace jnlp
