#include "evaluate/dataset_locator.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>
#include <string_view>
#include <system_error>

#include "base/error.h"
#include "evaluate/datasets/source.h"

namespace jnlp {
namespace fs = std::filesystem;
namespace {

// Other spellings of a folder's name.
const std::map<std::string, std::string>& aliases() {
  static const std::map<std::string, std::string> names = {
      {"sst-2", "sst2"},           {"conll", "conll2003"},
      {"conll-2003", "conll2003"}, {"squad_v1", "squad"},
      {"squad_v1.1", "squad"},     {"squad_v2", "squad"},
      {"squad_v2.0", "squad"},     {"germeval", "germeval2014"},
      {"cnndm", "cnn_dailymail"},  {"cnn-dailymail", "cnn_dailymail"}};
  return names;
}

// The folder of SQuAD often holds the files of both versions.
std::string version_in_file_names(const std::string& name, const fs::path& folder) {
  if (!name.starts_with("squad")) return {};
  const std::string_view version = name.starts_with("squad_v2") ? "dev-v2.0" : "dev-v1.1";
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().filename().string().starts_with(version)) return std::string(version);
  }
  return {};
}

std::string smoke_file(const std::string& task) {
  if (task == "ner") return "ner.conll";
  if (task == "summarization") return "summarization.jsonl";
  if (task == "chat") return "chat.jsonl";
  return task == "qa" ? "qa.json" : "sentiment.tsv";
}

std::string listed_content(const std::vector<fs::path>& dirs) {
  std::set<std::string> names;
  for (const fs::path& dir : dirs) {
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(dir, ignored)) {
      if (entry.is_directory()) names.insert(entry.path().filename().string());
    }
  }
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text.empty() ? "nothing" : text;
}

std::string listed_dirs(const std::vector<fs::path>& dirs) {
  std::string text;
  for (const fs::path& dir : dirs) text += (text.empty() ? "" : ", ") + dir.string();
  return text.empty() ? "no folder" : text;
}

fs::path find_inside(const std::vector<fs::path>& dirs, const fs::path& relative) {
  for (const fs::path& dir : dirs) {
    std::error_code ignored;
    if (fs::exists(dir / relative, ignored)) return dir / relative;
  }
  return {};
}

}  // namespace

std::vector<fs::path> default_data_dirs() {
  std::vector<fs::path> dirs;
  const char* variable = std::getenv("JETSON_NLP_DATA");
  const std::string named = variable == nullptr ? "" : variable;
  for (size_t begin = 0; begin < named.size();) {
    const size_t end = std::min(named.find(':', begin), named.size());
    if (end > begin) dirs.emplace_back(named.substr(begin, end - begin));
    begin = end + 1;
  }
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (error) return dirs;
  const fs::path folder = program.parent_path();
  dirs.push_back(folder.parent_path() / "share/jetson-nlp/data");
  // A program that runs from where it was built (build/<preset>) finds the data of its tree.
  if (folder.parent_path().filename() == "build") {
    dirs.push_back(folder.parent_path().parent_path() / "data");
  }
  return dirs;
}

LocatedDataset locate_dataset(const std::string& task, const std::string& name,
                              const std::vector<fs::path>& data_dirs, const std::string& split) {
  if (name == "smoke") {
    const fs::path found = find_inside(data_dirs, fs::path("smoke") / smoke_file(task));
    if (!found.empty()) return {name, found, ""};
  }
  std::error_code ignored;
  if (name != "smoke" && fs::exists(name, ignored)) {
    const fs::path path(name);
    const fs::path last = path.has_filename() ? path.filename() : path.parent_path().filename();
    return {last.string(), path, split};
  }
  const std::string lower = ascii_lower(name);
  const auto alias = aliases().find(lower);
  const std::string folder_name = alias == aliases().end() ? name : alias->second;
  const bool inside = fs::path(folder_name).is_relative() && !folder_name.starts_with("..");
  const fs::path found = inside ? find_inside(data_dirs, folder_name) : fs::path();
  if (found.empty()) {
    throw Error(ErrorCode::not_found,
                fmt::format("no data set '{}' for {}: there is no such file, and {} hold(s) {}; "
                            "name a file, or the folder that holds the data set with --data-dir",
                            name, task, listed_dirs(data_dirs), listed_content(data_dirs)));
  }
  const bool is_folder = fs::is_directory(found);
  return {name, found, split.empty() && is_folder ? version_in_file_names(lower, found) : split};
}

}  // namespace jnlp
