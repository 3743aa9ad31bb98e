#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace jnlp::tok {

/// Reads the fields of one object of a tokenizer file. Wrong types and missing fields are errors
/// that name the field; finish() refuses fields that nobody asked for, since ignoring what we do
/// not know would give other tokens than the file's author meant.
class FieldReader {
 public:
  /// @param where names the object in errors, for example "normalizer.normalizers[1]".
  FieldReader(const Json& object, std::string where);

  const std::string& where() const { return where_; }
  bool has(const char* name) const;
  /// "type", which every component has.
  std::string type();

  bool boolean(const char* name);
  bool boolean_or(const char* name, bool value);
  int64_t integer(const char* name);
  std::string string(const char* name);
  /// Nothing also when the field is null.
  std::string string_or(const char* name, std::string value);
  const Json& object(const char* name);
  const Json& array(const char* name);
  /// Any value; marks the field as known.
  const Json& any(const char* name);
  void ignore(const char* name) { known_.insert(name); }

  /// @throws Error unsupported naming a field that was not read.
  void finish() const;
  /// @throws Error invalid_input.
  [[noreturn]] void fail(const char* name, std::string_view expected) const;

 private:
  const Json& required(const char* name);

  const Json& object_;
  std::string where_;
  std::set<std::string> known_;
};

}  // namespace jnlp::tok
