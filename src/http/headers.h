#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace jnlp::http {

/// ASCII letters compared without regard to case.
bool equals_ignoring_case(std::string_view a, std::string_view b);

/// Whether a comma-separated header value has `token`, without regard to case or to parameters.
bool list_has(std::string_view list, std::string_view token);

/// `text` without blanks and tabs at both ends.
std::string_view trim_blanks(std::string_view text);

/// Header lines in the order they came; names are compared without regard to case.
class Headers {
 public:
  struct Field {
    std::string name;
    std::string value;
  };

  Headers() = default;
  Headers(std::initializer_list<Field> fields) : fields_(fields) {}

  void add(std::string_view name, std::string_view value);
  /// Replaces all lines of this name.
  void set(std::string_view name, std::string_view value);
  /// The first line's value, or nullptr.
  const std::string* find(std::string_view name) const;
  /// The first line's value, or "".
  std::string_view get(std::string_view name) const;
  size_t count(std::string_view name) const;

  size_t size() const { return fields_.size(); }
  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }

 private:
  std::vector<Field> fields_;
};

}  // namespace jnlp::http
