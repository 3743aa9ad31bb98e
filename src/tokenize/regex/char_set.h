#pragma once

#include <bitset>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace jnlp::tok {

/// A set of code points as a character class of a pattern describes it.
class CharSet {
 public:
  void add_range(char32_t first, char32_t last);
  void add_char(char32_t c) { add_range(c, c); }
  /// Code points with one of these property flags (unicode.h), or without it.
  void add_property(uint32_t flag, bool negated);
  /// \w inside of a class, or \W. Oniguruma takes it from another table than \w alone.
  void add_class_word(bool negated);
  /// What \p{name} stands for: a category ("L", "Lu", "Letter"), a script or a POSIX class.
  /// False when the name is not known.
  bool add_named(std::string_view name, bool negated);
  void add_set(CharSet set) { subsets_.push_back(std::move(set)); }
  /// Keeps only what is in `other` too.
  void intersect(CharSet other) { intersections_.push_back(std::move(other)); }
  void negate() { negated_ = !negated_; }
  /// Adds the letters that differ from a member in case alone.
  void ignore_case();
  /// Precomputes the answers for ASCII; call when complete.
  void finish();

  bool contains(char32_t c) const { return c < 128 ? ascii_[c] : evaluate(c); }

 private:
  struct Property {
    uint32_t flag;
    bool negated;
  };
  struct Categories {
    uint32_t mask;  // bit of each general category
    bool negated;
  };
  struct Script {
    uint8_t script;
    bool negated;
  };

  bool evaluate(char32_t c) const;
  bool has_member(char32_t c) const;

  std::vector<std::pair<char32_t, char32_t>> ranges_;
  std::vector<Property> properties_;
  std::vector<Categories> categories_;
  std::vector<Script> scripts_;
  std::vector<CharSet> subsets_;
  std::vector<CharSet> intersections_;
  bool negated_ = false;
  std::bitset<128> ascii_;
};

}  // namespace jnlp::tok
