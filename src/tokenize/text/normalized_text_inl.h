#pragma once

#include "base/utf8.h"
#include "tokenize/text/normalized_text.h"

namespace jnlp::tok {

template <typename Visit>
void for_each_code_point(std::string_view text, Visit visit) {
  for (size_t position = 0; position < text.size();) visit(decode_utf8(text, &position));
}

template <typename Keep>
void NormalizedText::filter(Keep keep) {
  std::vector<CharChange> changes;
  changes.reserve(text_.size());
  int32_t removed = 0;
  size_t removed_at_begin = 0;
  for_each_code_point(text_, [&](char32_t c) {
    if (!keep(c)) {
      ++removed;
      return;
    }
    if (changes.empty()) {
      removed_at_begin = static_cast<size_t>(removed);
    } else {
      changes.back().change = -removed;
    }
    changes.push_back({c, 0});
    removed = 0;
  });
  if (!changes.empty()) changes.back().change = -removed;
  transform(changes, removed_at_begin);
}

template <typename Map>
void NormalizedText::map(Map map) {
  std::vector<CharChange> changes;
  changes.reserve(text_.size());
  for_each_code_point(text_, [&](char32_t c) { changes.push_back({map(c), 0}); });
  transform(changes);
}

}  // namespace jnlp::tok
