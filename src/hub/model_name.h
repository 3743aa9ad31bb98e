#pragma once

#include <string>
#include <string_view>

namespace jnlp {

/// The name of a model on the hub, taken apart: "org/name@revision:file.gguf".
struct ModelName {
  std::string id;                 ///< "org/name", or "name" for the few old ones without an owner
  std::string revision = "main";  ///< branch, tag or commit
  std::string file;               ///< one GGUF file of the repository; empty for the usual files

  /// "org/name@revision:file" without the parts that say nothing.
  std::string text() const;
};

/// Takes a name apart and checks it by the hub's rules: at most one slash, each part 1-96 of
/// letters, digits, '-', '_' and '.', no ".." or "--", no '-' or '.' at an end, no ".git".
/// @throws Error invalid_input.
ModelName parse_model_name(std::string_view text);

/// True for what can only be meant as a path: begins with '.', '/' or '~', or ends in ".gguf"
/// without naming a file of a repository ("org/name:file.gguf").
bool is_path_like(std::string_view text);

/// True when `path`, as it comes from a server, names a file below some folder and nothing else: no
/// empty, "." or ".." component, not absolute, no NUL, no component longer than 255 bytes, at most
/// 1024 bytes in all.
bool is_safe_relative_path(std::string_view path);

/// True for 40 lower-case hexadecimal digits: a full commit id.
bool is_commit_id(std::string_view text);

/// True for `length` lower-case hexadecimal digits.
bool is_hex(std::string_view text, size_t length);

}  // namespace jnlp
