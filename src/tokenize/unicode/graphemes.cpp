#include "tokenize/unicode/graphemes.h"

#include "base/utf8.h"
#include "tokenize/unicode/unicode.h"

namespace jnlp::tok {
namespace {

// What the rules that look back further than one code point need to know of the cluster so far.
struct ClusterState {
  GraphemeClass last;
  int regionals = 0;
  bool pictographic = false;  // a pictograph and extenders only (GB11)
  bool consonant = false;     // a consonant, extenders and linkers only (GB9c)
  bool linker = false;

  void add(GraphemeClass next) {
    const bool extends = next == GraphemeClass::extend || next == GraphemeClass::linker ||
                         next == GraphemeClass::zwj;
    regionals = next == GraphemeClass::regional ? regionals + 1 : 0;
    if (next == GraphemeClass::pictographic) {
      pictographic = true;
    } else if (!extends || last == GraphemeClass::zwj) {
      pictographic = false;
    }
    if (next == GraphemeClass::consonant) {
      consonant = true;
      linker = false;
    } else if (consonant && next == GraphemeClass::linker) {
      linker = true;
    } else if (!extends) {
      consonant = false;
    }
    last = next;
  }
};

bool is_control(GraphemeClass c) {
  using enum GraphemeClass;
  return c == control || c == cr || c == lf;
}

bool is_hangul_pair(GraphemeClass before, GraphemeClass after) {
  using enum GraphemeClass;
  if (before == l) return after == l || after == v || after == lv || after == lvt;
  if (before == lv || before == v) return after == v || after == t;
  return (before == lvt || before == t) && after == t;
}

bool joins(const ClusterState& state, GraphemeClass after) {
  using enum GraphemeClass;
  const GraphemeClass before = state.last;
  if (before == cr && after == lf) return true;
  if (is_control(before) || is_control(after)) return false;
  if (is_hangul_pair(before, after)) return true;
  if (after == extend || after == GraphemeClass::linker || after == zwj) return true;
  if (after == spacing_mark || before == prepend) return true;
  if (after == GraphemeClass::consonant) return state.consonant && state.linker;
  if (after == GraphemeClass::pictographic) return before == zwj && state.pictographic;
  return before == regional && after == regional && state.regionals % 2 == 1;
}

}  // namespace

size_t grapheme_end(std::string_view text, size_t position) {
  ClusterState state{GraphemeClass::other};
  state.add(grapheme_class(decode_utf8(text, &position)));
  while (position < text.size()) {
    size_t next = position;
    const GraphemeClass after = grapheme_class(decode_utf8(text, &next));
    if (!joins(state, after)) break;
    state.add(after);
    position = next;
  }
  return position;
}

}  // namespace jnlp::tok
