#include "evaluate/datasets/directory.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "base/error.h"
#include "evaluate/datasets/detect.h"
#include "evaluate/datasets/source.h"

namespace jnlp {
namespace {

using Paths = std::vector<std::filesystem::path>;

constexpr std::array<std::string_view, 10> kDataExtensions = {
    ".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".conll", ".iob", ".iob2", ".bio", ".txt"};

// The words by which file names call each split.
const std::vector<std::vector<std::string>>& split_words() {
  static const std::vector<std::vector<std::string>> words = {
      {"validation", "dev", "valid", "val", "development", "testa"},
      {"test", "testb", "eval", "evaluation"},
      {"train", "training"},
  };
  return words;
}

bool is_description(const std::string& name) {
  return name.starts_with("dataset_info") || name.starts_with("readme") ||
         name.starts_with("license") || name.starts_with("sources") || name == "state.json";
}

void list_folder(const std::filesystem::path& folder, Paths* data, bool* has_parquet) {
  if (!std::filesystem::is_directory(folder)) return;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    const std::string name = plain_name(entry.path());
    const std::string extension = std::filesystem::path(name).extension().string();
    if (extension == ".parquet") *has_parquet = true;
    const bool known = std::find(kDataExtensions.begin(), kDataExtensions.end(), extension) !=
                       kDataExtensions.end();
    if (known && !is_description(name)) data->push_back(entry.path());
  }
}

// True when one of `words` stands alone in the name: "dev" in "de.dev.tsv", not in "device.tsv".
bool names_split(const std::filesystem::path& file, const std::vector<std::string>& words) {
  std::string word;
  for (const char c : plain_name(file) + ".") {
    if (std::isalnum(static_cast<unsigned char>(c))) {
      word += c;
      continue;
    }
    if (std::find(words.begin(), words.end(), word) != words.end()) return true;
    word.clear();
  }
  return false;
}

Paths matching(const Paths& files, const std::vector<std::string>& words) {
  Paths found;
  for (const auto& file : files) {
    if (names_split(file, words)) found.push_back(file);
  }
  return found;
}

std::vector<std::string> words_for(const std::string& split) {
  for (const auto& words : split_words()) {
    if (std::find(words.begin(), words.end(), split) != words.end()) return words;
  }
  return {split};
}

Paths choose(const Paths& files, const std::string& split) {
  if (!split.empty()) {
    Paths found = matching(files, {split});
    if (found.empty()) found = matching(files, words_for(split));
    if (!found.empty()) return found;
    std::copy_if(files.begin(), files.end(), std::back_inserter(found), [&](const auto& file) {
      return plain_name(file).find(split) != std::string::npos;
    });
    return found;
  }
  for (size_t i = 0; i < 2; ++i) {
    Paths found = matching(files, split_words()[i]);
    if (!found.empty()) return found;
  }
  return files.size() == 1 ? files : Paths{};
}

// "train-00000-of-00002.jsonl" without the number of the part; nothing for a name of another form.
std::optional<std::string> without_part_number(const std::string& name) {
  constexpr std::string_view kOf = "-of-";
  constexpr size_t kDigits = 5;
  const auto are_digits = [&](size_t begin) {
    const std::string_view number = std::string_view(name).substr(begin, kDigits);
    return number.size() == kDigits &&
           number.find_first_not_of("0123456789") == std::string_view::npos;
  };
  const size_t of = name.rfind(kOf);
  if (of == std::string::npos || of <= kDigits) return std::nullopt;
  const size_t part = of - kDigits;
  const size_t count = of + kOf.size();
  if (name[part - 1] != '-' || !are_digits(part) || !are_digits(count)) return std::nullopt;
  return name.substr(0, part) + name.substr(count);
}

// Parts of one file have one name but for their number.
bool are_shards(const Paths& files) {
  std::optional<std::string> first;
  for (const auto& file : files) {
    const std::optional<std::string> name = without_part_number(plain_name(file));
    if (!name || name != first.value_or(*name)) return false;
    first = name;
  }
  return true;
}

std::string names_of(const Paths& files) {
  std::string names;
  for (const auto& file : files) {
    names += (names.empty() ? "" : ", ") + file.filename().string();
  }
  return names;
}

}  // namespace

std::vector<std::filesystem::path> find_split_files(const std::filesystem::path& path,
                                                    const std::string& split) {
  if (!std::filesystem::exists(path)) {
    throw Error(ErrorCode::not_found, fmt::format("no data at {}", path.string()));
  }
  if (!std::filesystem::is_directory(path)) return {path};
  Paths files;
  bool has_parquet = false;
  list_folder(path, &files, &has_parquet);
  list_folder(path / "data", &files, &has_parquet);
  std::sort(files.begin(), files.end());
  if (files.empty() && has_parquet) {
    throw Error(ErrorCode::unsupported,
                fmt::format("{} holds only Parquet, which is not read; convert it to JSON lines, "
                            "for example with Dataset.to_json() of the 'datasets' package",
                            path.string()));
  }
  if (files.empty()) {
    throw Error(
        ErrorCode::not_found,
        fmt::format("{} holds no data file (jsonl, json, csv, tsv, conll, txt)", path.string()));
  }
  Paths chosen = choose(files, ascii_lower(split));
  if (chosen.empty()) {
    throw Error(ErrorCode::not_found,
                fmt::format("{} has no file for the split '{}'; it has {}", path.string(),
                            split.empty() ? "validation or test" : split, names_of(files)));
  }
  if (chosen.size() > 1 && !are_shards(chosen)) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("several files of {} fit: {}; name one of them, or more of its name as "
                            "the split",
                            path.string(), names_of(chosen)));
  }
  return chosen;
}

}  // namespace jnlp
