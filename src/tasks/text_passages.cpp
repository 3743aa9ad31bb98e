#include "tasks/text_passages.h"

#include "tasks/text_blocks.h"
#include "tasks/text_chars.h"

namespace jnlp {
namespace {

// Puts blocks together that are too short to say something alone.
class Packer {
 public:
  Packer(std::string_view document, const PassageLimits& limits, const CountTokens& count_tokens)
      : document_(document), limits_(limits), count_tokens_(count_tokens) {}

  std::vector<TextPassage> run(const std::vector<TextBlock>& blocks) {
    for (const TextBlock& block : blocks) {
      if (count_words(text(block.span)) == 0) continue;
      if (section_changes(block)) join_last_to_the_one_before();
      if (!packed_.empty() && is_open(packed_.back()) && can_join(packed_.back(), block)) {
        packed_.back().span.end = block.span.end;
      } else {
        packed_.push_back(block);
      }
    }
    join_last_to_the_one_before();
    return passages();
  }

 private:
  std::string_view text(TextSpan span) const {
    return document_.substr(span.begin, span.end - span.begin);
  }

  bool is_short(const TextBlock& block) const {
    return count_words(text(block.span)) < limits_.min_words;
  }

  // What ends with a colon introduces the next block, a list for example.
  bool is_open(const TextBlock& block) const {
    return is_short(block) || text(block.span).ends_with(':');
  }

  bool section_changes(const TextBlock& block) const {
    return !packed_.empty() && packed_.back().section != block.section;
  }

  bool can_join(const TextBlock& first, const TextBlock& second) const {
    return first.section == second.section &&
           count_tokens_(text({first.span.begin, second.span.end})) <= limits_.max_tokens;
  }

  // A section's last block has none behind it that it could be joined with.
  void join_last_to_the_one_before() {
    if (packed_.size() < 2 || !is_short(packed_.back())) return;
    TextBlock& before = packed_[packed_.size() - 2];
    if (!can_join(before, packed_.back())) return;
    before.span.end = packed_.back().span.end;
    packed_.pop_back();
  }

  std::vector<TextPassage> passages() const {
    std::vector<TextPassage> passages;
    for (const TextBlock& block : packed_) {
      const std::string_view whole = text(block.span);
      if (count_tokens_(whole) <= limits_.max_tokens) {
        passages.push_back({block.span, block.headings});
        continue;
      }
      for (const TextSpan part : document_sections(whole, limits_.max_tokens, count_tokens_)) {
        const uint32_t begin = block.span.begin;
        passages.push_back({{begin + part.begin, begin + part.end}, block.headings});
      }
    }
    return passages;
  }

  std::string_view document_;
  const PassageLimits& limits_;
  const CountTokens& count_tokens_;
  std::vector<TextBlock> packed_;
};

}  // namespace

std::vector<TextPassage> split_passages(std::string_view document, bool markdown,
                                        const PassageLimits& limits,
                                        const CountTokens& count_tokens) {
  return Packer(document, limits, count_tokens).run(split_blocks(document, markdown));
}

}  // namespace jnlp
