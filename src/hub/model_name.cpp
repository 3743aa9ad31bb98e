#include "hub/model_name.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"

namespace jnlp {
namespace {

constexpr size_t kMaxPartLength = 96;
constexpr size_t kMaxComponentLength = 255;
constexpr size_t kMaxPathLength = 1024;

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_name_character(char c) {
  return is_letter_or_digit(c) || c == '-' || c == '_' || c == '.';
}

bool is_valid_part(std::string_view part) {
  if (part.empty() || part.size() > kMaxPartLength) return false;
  if (!std::all_of(part.begin(), part.end(), is_name_character)) return false;
  const auto is_edge = [](char c) { return c == '-' || c == '.'; };
  return !is_edge(part.front()) && !is_edge(part.back());
}

bool is_valid_id(std::string_view id) {
  if (id.find("--") != std::string_view::npos || id.find("..") != std::string_view::npos) {
    return false;
  }
  if (id.size() >= 4 && id.substr(id.size() - 4) == ".git") return false;
  const size_t slash = id.find('/');
  if (slash == std::string_view::npos) return is_valid_part(id);
  return is_valid_part(id.substr(0, slash)) && is_valid_part(id.substr(slash + 1));
}

// Branches may hold slashes ("refs/pr/1"); they also become file names below refs/.
bool is_valid_revision(std::string_view revision) {
  const auto allowed = [](char c) { return is_name_character(c) || c == '/' || c == '+'; };
  return is_safe_relative_path(revision) &&
         std::all_of(revision.begin(), revision.end(), allowed) && revision.front() != '-' &&
         revision.find("..") == std::string_view::npos;
}

}  // namespace

std::string ModelName::text() const {
  std::string text = id;
  if (revision != "main") text += "@" + revision;
  if (!file.empty()) text += ":" + file;
  return text;
}

ModelName parse_model_name(std::string_view text) {
  ModelName name;
  std::string_view rest = text;
  if (const size_t colon = rest.find(':'); colon != std::string_view::npos) {
    name.file = rest.substr(colon + 1);
    rest = rest.substr(0, colon);
    if (!is_safe_relative_path(name.file)) {
      throw Error(ErrorCode::invalid_input,
                  fmt::format("'{}' does not name a file of a repository (in '{}'); write "
                              "org/name:file.gguf",
                              name.file, text));
    }
  }
  if (const size_t at = rest.find('@'); at != std::string_view::npos) {
    name.revision = rest.substr(at + 1);
    rest = rest.substr(0, at);
    if (!is_valid_revision(name.revision)) {
      throw Error(ErrorCode::invalid_input,
                  fmt::format("'{}' is not a revision (in '{}'); give a branch, a tag or a commit",
                              name.revision, text));
    }
  }
  name.id = rest;
  if (!is_valid_id(name.id)) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("'{}' is neither an existing path nor a model's name; names look like "
                            "org/name or org/name@revision",
                            text));
  }
  return name;
}

bool is_path_like(std::string_view text) {
  if (text.empty()) return false;
  if (text.front() == '.' || text.front() == '/' || text.front() == '~') return true;
  constexpr std::string_view kGguf = ".gguf";
  return text.size() >= kGguf.size() && text.substr(text.size() - kGguf.size()) == kGguf &&
         text.find(':') == std::string_view::npos;
}

bool is_safe_relative_path(std::string_view path) {
  if (path.empty() || path.size() > kMaxPathLength) return false;
  if (path.find('\0') != std::string_view::npos) return false;
  for (size_t begin = 0; begin <= path.size();) {
    const size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view component = path.substr(begin, end - begin);
    if (component.empty() || component == "." || component == "..") return false;
    if (component.size() > kMaxComponentLength) return false;
    begin = end + 1;
  }
  return true;
}

bool is_hex(std::string_view text, size_t length) {
  return text.size() == length && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

bool is_commit_id(std::string_view text) {
  return is_hex(text, 40);
}

}  // namespace jnlp
