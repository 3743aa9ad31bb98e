#include "evaluate/datasets/tag_schemes.h"

#include <algorithm>
#include <string_view>

namespace jnlp {
namespace {

std::string_view type_of(std::string_view tag) {
  return tag.size() > 2 ? tag.substr(2) : std::string_view();
}

bool is_iobes(const std::vector<std::vector<std::string>>& sentences) {
  return std::any_of(sentences.begin(), sentences.end(), [](const auto& tags) {
    return std::any_of(tags.begin(), tags.end(), [](const std::string& tag) {
      return tag.size() > 2 && std::string_view("ESLU").find(tag[0]) != std::string_view::npos;
    });
  });
}

bool is_iob1(const std::vector<std::vector<std::string>>& sentences) {
  bool has_inside = false;
  for (const auto& tags : sentences) {
    for (size_t i = 0; i < tags.size(); ++i) {
      if (tags[i].starts_with("I-")) has_inside = true;
      if (!tags[i].starts_with("B-")) continue;
      if (i == 0 || type_of(tags[i - 1]) != type_of(tags[i])) return false;
    }
  }
  return has_inside;
}

void iobes_to_iob2(std::vector<std::string>* tags) {
  for (std::string& tag : *tags) {
    if (tag.size() < 3) continue;
    if (tag[0] == 'S' || tag[0] == 'U') tag[0] = 'B';
    if (tag[0] == 'E' || tag[0] == 'L') tag[0] = 'I';
  }
}

void iob1_to_iob2(std::vector<std::string>* tags) {
  std::string_view previous;
  for (std::string& tag : *tags) {
    const std::string_view type = type_of(tag);
    if (tag.starts_with("I-") && previous != type) tag[0] = 'B';
    previous = type;
  }
}

}  // namespace

TagScheme scheme_of(const std::vector<std::vector<std::string>>& sentences) {
  if (is_iobes(sentences)) return TagScheme::iobes;
  return is_iob1(sentences) ? TagScheme::iob1 : TagScheme::iob2;
}

void to_iob2(TagScheme scheme, std::vector<std::string>* tags) {
  if (scheme == TagScheme::iobes) iobes_to_iob2(tags);
  if (scheme == TagScheme::iob1) iob1_to_iob2(tags);
}

}  // namespace jnlp
