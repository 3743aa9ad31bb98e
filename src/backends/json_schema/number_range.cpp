#include "backends/json_schema/number_range.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

namespace jnlp {
namespace {

using Alternatives = std::vector<std::string>;

std::string joined(const Alternatives& alternatives) {
  if (alternatives.size() == 1) return alternatives.front();
  return fmt::format("({})", fmt::join(alternatives, " | "));
}

bool all_are(std::string_view digits, char digit) {
  return digits.find_first_not_of(digit) == std::string_view::npos;
}

std::string any_digits(size_t count) {
  return count == 1 ? "[0-9]" : fmt::format("[0-9]{{{}}}", count);
}

std::string digit_set(char first, char last) {
  return first == last ? fmt::format("\"{}\"", first) : fmt::format("[{}-{}]", first, last);
}

std::string with_rest(std::string first, const std::string& rest) {
  return rest.empty() ? std::move(first) : fmt::format("{} {}", first, rest);
}

// The strings of digits from `low` to `high`, all as long as these. Where the first digits differ:
// those behind the lowest first digit have a lower limit, those behind the highest an upper one,
// and those between are free.
std::string digits_between(std::string_view low, std::string_view high) {
  if (low.empty()) return "";
  if (all_are(low, '0') && all_are(high, '9')) return any_digits(low.size());
  const std::string_view low_rest = low.substr(1);
  const std::string_view high_rest = high.substr(1);
  if (low.front() == high.front()) {
    return with_rest(digit_set(low.front(), low.front()), digits_between(low_rest, high_rest));
  }
  Alternatives alternatives;
  char first = low.front();
  char last = high.front();
  if (!all_are(low_rest, '0')) {
    const std::string nines(low_rest.size(), '9');
    alternatives.push_back(with_rest(digit_set(first, first), digits_between(low_rest, nines)));
    ++first;
  }
  const bool upper_limit = !all_are(high_rest, '9');
  if (upper_limit) --last;
  if (first <= last) {
    const std::string rest = low_rest.empty() ? "" : any_digits(low_rest.size());
    alternatives.push_back(with_rest(digit_set(first, last), rest));
  }
  if (upper_limit) {
    const std::string zeros(low_rest.size(), '0');
    alternatives.push_back(
        with_rest(digit_set(high.front(), high.front()), digits_between(zeros, high_rest)));
  }
  return joined(alternatives);
}

// From `least` >= 0 on, by the number of digits.
std::string magnitudes(int64_t least, int64_t greatest) {
  Alternatives alternatives;
  for (int64_t begin = least; begin <= greatest;) {
    const std::string low = std::to_string(begin);
    const int64_t longest = std::stoll(std::string(low.size(), '9'));
    const int64_t end = std::min(greatest, longest);
    alternatives.push_back(digits_between(low, std::to_string(end)));
    begin = end + 1;
  }
  return joined(alternatives);
}

// `least` itself has any fraction behind it, `greatest` only zeros.
std::string decimal_magnitudes(int64_t least, int64_t greatest) {
  const std::string last = fmt::format("\"{}\" (\".\" \"0\"{{1,16}})?", greatest);
  if (least == greatest) return last;
  return fmt::format("({} (\".\" [0-9]{{1,16}})? | {})", magnitudes(least, greatest - 1), last);
}

}  // namespace

std::string integer_range(int64_t least, int64_t greatest) {
  Alternatives alternatives;
  if (least < 0) {
    alternatives.push_back("\"-\" " + magnitudes(std::max<int64_t>(1, -greatest), -least));
  }
  if (greatest >= 0) alternatives.push_back(magnitudes(std::max<int64_t>(0, least), greatest));
  return joined(alternatives);
}

std::string decimal_range(int64_t least, int64_t greatest) {
  Alternatives alternatives;
  if (least < 0) {
    alternatives.push_back("\"-\" " + decimal_magnitudes(std::max<int64_t>(0, -greatest), -least));
  }
  if (greatest >= 0) {
    alternatives.push_back(decimal_magnitudes(std::max<int64_t>(0, least), greatest));
  }
  return joined(alternatives);
}

}  // namespace jnlp
