#include "cli/text_input.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/utf8.h"

namespace jnlp {
namespace {

constexpr std::string_view kBlank = " \t\r\n";

std::string field_names(const OrderedJson& object) {
  std::string names;
  for (const auto& [name, value] : object.items()) {
    names += fmt::format("{}\"{}\"", names.empty() ? "" : ", ", name);
  }
  return names.empty() ? "no field at all" : names;
}

}  // namespace

std::string InputRecord::take_text(const std::string& name) {
  std::optional<std::string> text = take_optional_text(name);
  if (text) return *std::move(text);
  throw Error(ErrorCode::invalid_input, fmt::format("{}: there is no field \"{}\"; it has {}",
                                                    where, name, field_names(fields)));
}

std::optional<std::string> InputRecord::take_optional_text(const std::string& name) {
  const auto found = fields.find(name);
  if (found == fields.end() || found->is_null()) return std::nullopt;
  if (!found->is_string()) {
    throw Error(ErrorCode::invalid_input, fmt::format("{}: the field \"{}\" is a JSON {}, not a "
                                                      "string",
                                                      where, name, found->type_name()));
  }
  std::string text = std::move(found->get_ref<std::string&>());
  fields.erase(name);
  return text;
}

TextInput::TextInput(InputOptions options) : options_(std::move(options)) {}

std::optional<InputRecord> TextInput::next() {
  if (!options_.texts.empty()) return next_argument();
  while (reader_ || open_next_file()) {
    if (is_one_text()) {
      const auto reader = std::move(reader_);
      return text_record(reader->rest(), reader->name());
    }
    if (auto record = next_line()) return record;
    reader_.reset();
  }
  return std::nullopt;
}

bool TextInput::ready() {
  return !reader_ || reader_->ready();
}

std::optional<InputRecord> TextInput::next_argument() {
  if (next_text_ == options_.texts.size()) return std::nullopt;
  std::string text = options_.texts[next_text_++];
  const std::string where =
      options_.texts.size() == 1 ? "the text given" : fmt::format("text {}", next_text_);
  return text_record(std::move(text), where);
}

std::optional<InputRecord> TextInput::next_line() {
  std::string line;
  while (reader_->next(&line)) {
    const size_t first = line.find_first_not_of(kBlank);
    if (format_ == InputOptions::Format::detect && first != std::string::npos) {
      format_ = line[first] == '{' ? InputOptions::Format::jsonl : InputOptions::Format::lines;
    }
    std::string where = fmt::format("{}, line {}", reader_->name(), reader_->line_number());
    if (format_ != InputOptions::Format::jsonl) return text_record(std::move(line), where);
    if (first != std::string::npos) return parse_record(std::move(line), where);
  }
  return std::nullopt;
}

bool TextInput::open_next_file() {
  if (next_file_ == options_.files.size()) return false;
  reader_ = std::make_unique<LineReader>(options_.files[next_file_++]);
  format_ = options_.format;
  if (format_ == InputOptions::Format::detect_document && !options_.whole_file &&
      reader_->next_is('{')) {
    format_ = InputOptions::Format::jsonl;
  }
  return true;
}

bool TextInput::is_one_text() const {
  return options_.whole_file || format_ == InputOptions::Format::detect_document;
}

InputRecord TextInput::text_record(std::string text, std::string where) const {
  InputRecord record;
  record.fields[options_.text_field] = checked(std::move(text), where);
  record.where = std::move(where);
  return record;
}

InputRecord TextInput::parse_record(std::string line, std::string where) const {
  line = checked(std::move(line), where);
  InputRecord record;
  try {
    record.fields = OrderedJson::parse(line);
  } catch (const OrderedJson::parse_error& error) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("{}: not a JSON object (at byte {}); for plain text say --input lines",
                            where, error.byte));
  }
  if (!record.fields.is_object()) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("{}: a JSON {} where an object is needed, such as {{\"{}\": \"...\"}}",
                            where, record.fields.type_name(), options_.text_field));
  }
  record.where = std::move(where);
  return record;
}

std::string TextInput::checked(std::string text, const std::string& where) const {
  const std::optional<size_t> fault = find_invalid_utf8(text);
  if (!fault) return text;
  if (options_.replace_invalid) return replace_invalid_utf8(text);
  throw Error(ErrorCode::invalid_input,
              fmt::format("{}: damaged UTF-8 at byte {} (0x{:02X}){}", where, *fault + 1,
                          static_cast<unsigned char>(text[*fault]),
                          options_.offers_replacing ? "; --replace-invalid repairs it" : ""));
}

}  // namespace jnlp
