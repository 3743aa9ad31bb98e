#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "cli/line_reader.h"

namespace jnlp {

/// One input of a command: a JSON object, or a plain text as the only field of one.
struct InputRecord {
  OrderedJson fields;
  std::string where;  ///< "standard input, line 3", for messages

  /// Takes a text field out. What is left is passed through to the output.
  /// @throws Error invalid_input when it is missing or not a string.
  std::string take_text(const std::string& name);
  /// The same, or nothing when the field is missing or null.
  std::optional<std::string> take_optional_text(const std::string& name);
};

/// Where a command's texts come from and how they are read.
struct InputOptions {
  /// How a stream is parted: into lines, JSON lines, or not at all. `detect` takes one that begins
  /// with '{' for JSON lines and others for lines; `detect_document` others for one text.
  enum class Format { detect, detect_document, lines, jsonl };

  std::vector<std::string> texts;            ///< from the command line
  std::vector<std::filesystem::path> files;  ///< "-" is standard input; used when `texts` is empty
  Format format = Format::detect;
  bool whole_file = false;          ///< a file is one text
  bool replace_invalid = false;     ///< damaged UTF-8 becomes U+FFFD instead of an error
  bool offers_replacing = true;     ///< the command has --replace-invalid, which messages may name
  std::string text_field = "text";  ///< field name that a plain text gets
};

/// The inputs of a command, one after the other, with bounded memory.
class TextInput {
 public:
  explicit TextInput(InputOptions options);

  /// The next input, or nothing at the end. Plain lines are inputs even when empty; empty lines
  /// between JSON objects are skipped.
  /// @throws Error invalid_input for damaged UTF-8 or JSON (naming file, line and byte), or what
  ///   LineReader throws.
  std::optional<InputRecord> next();
  /// False when next() would wait for more input.
  bool ready();

 private:
  std::optional<InputRecord> next_argument();
  std::optional<InputRecord> next_line();
  bool open_next_file();
  bool is_one_text() const;
  InputRecord text_record(std::string text, std::string where) const;
  InputRecord parse_record(std::string line, std::string where) const;
  std::string checked(std::string text, const std::string& where) const;

  InputOptions options_;
  size_t next_text_ = 0;
  size_t next_file_ = 0;
  std::unique_ptr<LineReader> reader_;
  InputOptions::Format format_ = InputOptions::Format::detect;  // of the stream being read
};

}  // namespace jnlp
