#include "tokenize/text/normalized_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"

namespace jnlp::tok {
namespace {

constexpr size_t kMaxBytes = size_t{1} << 27U;

uint32_t sequence_length(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

// Walks over the code points of the old text that the changes replace.
class OldText {
 public:
  OldText(std::string_view text, size_t position) : text_(text), position_(position) {}

  size_t position() const { return position_; }
  void skip(size_t code_points) {
    for (; code_points > 0 && position_ < text_.size(); --code_points) {
      position_ += sequence_length(text_[position_]);
    }
  }

 private:
  std::string_view text_;
  size_t position_;
};

}  // namespace

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

void check_size(size_t bytes) {
  if (bytes <= kMaxBytes) return;
  throw Error(
      ErrorCode::invalid_input,
      fmt::format("the tokenizer's normalizer or pre-tokenizer makes {} bytes of this text; "
                  "the limit is {} bytes",
                  bytes, kMaxBytes));
}

NormalizedText::NormalizedText(std::string_view original, uint32_t begin)
    : text_(original), begin_(begin) {
  alignment_.reserve(text_.size());
  for (uint32_t i = 0; i < text_.size();) {
    const uint32_t length = sequence_length(text_[i]);
    alignment_.insert(alignment_.end(), length, {begin + i, begin + i + length});
    i += length;
  }
}

NormalizedText::NormalizedText(std::string_view text, const TextSpan* alignment, uint32_t begin)
    : text_(text), alignment_(alignment, alignment + text.size()), begin_(begin) {}

void NormalizedText::transform(const std::vector<CharChange>& changes, size_t removed) {
  // The library changes what corresponds to the whole original, and bytes in front that correspond
  // to nothing (an insertion before the first byte) do not belong to it.
  const auto first = std::find_if(alignment_.begin(), alignment_.end(),
                                  [](TextSpan span) { return span.begin != span.end; });
  const auto kept = static_cast<size_t>(first - alignment_.begin());
  std::string new_text = text_.substr(0, kept);
  std::vector<TextSpan> new_alignment(alignment_.begin(), first);
  new_text.reserve(text_.size() + 8);
  new_alignment.reserve(text_.size() + 8);
  check_size(kept + changes.size());
  OldText old(text_, kept);
  old.skip(removed);
  for (const CharChange& change : changes) {
    TextSpan span{begin_, begin_};
    const size_t at = old.position();
    if (change.change > 0) {
      if (at > 0) span = alignment_[at - 1];
    } else {
      // Changes that stand for more than there was: the library stops here with a panic.
      if (!alignment_.empty()) span = alignment_[std::min(at, alignment_.size() - 1)];
      old.skip(1 + static_cast<size_t>(-change.change));
    }
    append_utf8(change.c, &new_text);
    if (new_text.size() > kMaxBytes) check_size(new_text.size());
    new_alignment.resize(new_text.size(), span);
  }
  text_ = std::move(new_text);
  alignment_ = std::move(new_alignment);
}

void NormalizedText::prepend(std::string_view prefix) {
  if (text_.empty() || prefix.empty()) return;
  check_size(text_.size() + prefix.size());
  // All of the prefix stands for the first code point, as does that code point itself.
  const TextSpan first = alignment_[0];
  text_.insert(0, prefix);
  alignment_.insert(alignment_.begin(), prefix.size(), first);
}

void NormalizedText::replace(const std::vector<TextSpan>& ranges, std::string_view content) {
  if (ranges.empty()) return;
  check_size(text_.size() + ranges.size() * content.size());
  std::string new_text;
  std::vector<TextSpan> new_alignment;
  new_text.reserve(text_.size());
  new_alignment.reserve(text_.size());
  size_t done = 0;
  const auto keep_until = [&](size_t end) {
    new_text.append(text_, done, end - done);
    new_alignment.insert(new_alignment.end(),
                         alignment_.begin() + static_cast<std::ptrdiff_t>(done),
                         alignment_.begin() + static_cast<std::ptrdiff_t>(end));
  };
  for (const TextSpan& range : ranges) {
    keep_until(range.begin);
    const TextSpan span = range.end > 0 ? alignment_[range.end - 1] : TextSpan{begin_, begin_};
    new_text.append(content);
    new_alignment.resize(new_text.size(), span);
    done = range.end;
  }
  keep_until(text_.size());
  text_ = std::move(new_text);
  alignment_ = std::move(new_alignment);
}

}  // namespace jnlp::tok
