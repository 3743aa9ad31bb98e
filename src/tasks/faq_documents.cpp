#include "tasks/faq_documents.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "base/error.h"
#include "base/file.h"
#include "base/utf8.h"
#include "tasks/faq_pairs.h"

namespace jnlp {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

enum class Kind { text, markdown, jsonl, csv, other };

Kind kind_of(const fs::path& path) {
  std::string extension = path.extension().string();
  for (char& c : extension) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  if (extension.empty() || extension == ".txt") return Kind::text;
  if (extension == ".md" || extension == ".markdown") return Kind::markdown;
  if (extension == ".jsonl" || extension == ".ndjson") return Kind::jsonl;
  return extension == ".csv" ? Kind::csv : Kind::other;
}

size_t line_of(std::string_view text, size_t position) {
  const auto end = text.begin() + static_cast<std::ptrdiff_t>(position);
  return 1 + static_cast<size_t>(std::count(text.begin(), end, '\n'));
}

void check_text(const FaqDocument& document) {
  const std::string& text = document.text;
  if (text.size() >= std::numeric_limits<uint32_t>::max()) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("{}: has 4 GiB or more; split it", document.path.string()));
  }
  const auto fail_at = [&](size_t byte, std::string_view what) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("{}:{}: {}", document.path.string(), line_of(text, byte), what));
  };
  if (const auto fault = find_invalid_utf8(text)) fail_at(*fault, "not valid UTF-8");
  if (const size_t nul = text.find('\0'); nul != std::string::npos) {
    fail_at(nul, "holds a NUL byte; this is no text");
  }
}

// A folder's files of a known kind, in the order of their names.
std::vector<fs::path> files_of(const fs::path& folder) try {
  std::vector<fs::path> files;
  fs::recursive_directory_iterator entry(folder);
  for (; entry != fs::recursive_directory_iterator(); ++entry) {
    if (entry->path().filename().string().starts_with('.')) {
      if (entry->is_directory()) entry.disable_recursion_pending();
    } else if (entry->is_regular_file() && entry->path().has_extension() &&
               kind_of(entry->path()) != Kind::other) {
      files.push_back(entry->path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
} catch (const fs::filesystem_error& error) {
  throw Error(ErrorCode::io, error.what());
}

std::vector<fs::path> files_of(std::span<const fs::path> paths) {
  std::vector<fs::path> files;
  const auto add = [&](const fs::path& file) {
    const fs::path plain = file.lexically_normal();
    if (std::find(files.begin(), files.end(), plain) == files.end()) files.push_back(plain);
  };
  for (const fs::path& path : paths) {
    std::error_code ignored;
    if (!fs::is_directory(path, ignored)) {
      add(path);
      continue;
    }
    for (const fs::path& file : files_of(path)) add(file);
  }
  return files;
}

std::string joined(const std::vector<std::string>& headings) {
  std::string text;
  for (const std::string& heading : headings) text += (text.empty() ? "" : " > ") + heading;
  return text;
}

class Reader {
 public:
  Reader(const PassageLimits& limits, const CountTokens& count_tokens)
      : limits_(limits), count_tokens_(count_tokens) {}

  void add(const fs::path& path) {
    const Kind kind = kind_of(path);
    if (kind == Kind::other) {
      throw Error(ErrorCode::invalid_input,
                  fmt::format("{}: documents are read from .txt, .md, .jsonl and .csv files",
                              path.string()));
    }
    result_.documents.push_back({path, read_file(path)});
    check_text(result_.documents.back());
    std::string_view text = result_.documents.back().text;
    const size_t mark = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
    text.remove_prefix(mark);
    if (kind == Kind::jsonl) {
      add_pairs(read_jsonl_pairs(text, path.string()));
    } else if (kind == Kind::csv) {
      add_pairs(read_csv_pairs(text, path.string()));
    } else {
      add_passages(text, static_cast<uint32_t>(mark), kind == Kind::markdown);
    }
  }

  FaqDocuments take() { return std::move(result_); }

 private:
  void add_pairs(std::vector<FaqPair> pairs) {
    for (FaqPair& pair : pairs) {
      FaqPassage passage;
      passage.document = result_.documents.size() - 1;
      passage.line = pair.line;
      passage.name = std::move(pair.id);
      passage.question = std::move(pair.question);
      passage.text = std::move(pair.answer);
      result_.passages.push_back(std::move(passage));
    }
  }

  // `text` begins at the byte `offset` of the document.
  void add_passages(std::string_view text, uint32_t offset, bool markdown) {
    size_t line = 1;
    size_t counted = 0;  // up to where lines were counted
    for (TextPassage& found : split_passages(text, markdown, limits_, count_tokens_)) {
      const TextSpan span = found.span;
      line += line_of(text.substr(counted, span.begin - counted), span.begin - counted) - 1;
      counted = span.begin;
      FaqPassage passage;
      passage.document = result_.documents.size() - 1;
      passage.line = line;
      passage.span = {span.begin + offset, span.end + offset};
      if (!found.headings.empty()) passage.name = found.headings.back();
      passage.heading = joined(found.headings);
      passage.text = text.substr(span.begin, span.end - span.begin);
      result_.passages.push_back(std::move(passage));
    }
  }

  const PassageLimits& limits_;
  const CountTokens& count_tokens_;
  FaqDocuments result_;
};

}  // namespace

FaqDocuments read_faq_documents(std::span<const fs::path> paths, const PassageLimits& limits,
                                const CountTokens& count_tokens) {
  Reader reader(limits, count_tokens);
  for (const fs::path& file : files_of(paths)) reader.add(file);
  FaqDocuments documents = reader.take();
  if (documents.passages.empty()) {
    std::string names;
    for (const fs::path& path : paths) names += (names.empty() ? "" : ", ") + path.string();
    throw Error(ErrorCode::invalid_input,
                fmt::format("nothing to answer from in {}: documents are .txt, .md, .jsonl and "
                            ".csv files with text in them",
                            names));
  }
  return documents;
}

}  // namespace jnlp
