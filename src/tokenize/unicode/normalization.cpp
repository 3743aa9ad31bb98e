#include "tokenize/unicode/normalization.h"

#include <algorithm>
#include <optional>

#include "base/utf8.h"
#include "tokenize/unicode/unicode.h"

namespace jnlp::tok {
namespace {

// Unicode, section 3.12 "Conjoining Jamo Behavior".
constexpr char32_t kSBase = 0xAC00;
constexpr char32_t kLBase = 0x1100;
constexpr char32_t kVBase = 0x1161;
constexpr char32_t kTBase = 0x11A7;
constexpr char32_t kLCount = 19;
constexpr char32_t kVCount = 21;
constexpr char32_t kTCount = 28;
constexpr char32_t kSCount = kLCount * kVCount * kTCount;

bool is_hangul_syllable(char32_t c) {
  return c >= kSBase && c < kSBase + kSCount;
}

char32_t compose(char32_t a, char32_t b) {
  if (a >= kLBase && a < kLBase + kLCount && b >= kVBase && b < kVBase + kVCount) {
    return kSBase + ((a - kLBase) * kVCount + (b - kVBase)) * kTCount;
  }
  if (is_hangul_syllable(a) && (a - kSBase) % kTCount == 0 && b > kTBase && b < kTBase + kTCount) {
    return a + (b - kTBase);
  }
  return canonical_composition(a, b);
}

struct Decomposed {
  char32_t c;
  uint8_t combining_class;
  int32_t change;
};

class Decomposer {
 public:
  explicit Decomposer(bool compatible) : compatible_(compatible) {}

  std::vector<Decomposed> run(std::string_view text) {
    out_.reserve(text.size());
    for (size_t position = 0; position < text.size();) decompose(decode_utf8(text, &position));
    sort_pending();
    return std::move(out_);
  }

 private:
  void decompose(char32_t c) {
    if (c < 0x80) return push(c, 0);
    if (is_hangul_syllable(c)) {
      const char32_t index = c - kSBase;
      push(kLBase + index / (kVCount * kTCount), 0);
      push(kVBase + index % (kVCount * kTCount) / kTCount, 1);
      if (index % kTCount > 0) push(kTBase + index % kTCount, 1);
      return;
    }
    const std::u32string_view parts =
        compatible_ ? compatible_decomposition(c) : canonical_decomposition(c);
    if (parts.empty()) return push(c, 0);
    for (size_t i = 0; i < parts.size(); ++i) push(parts[i], i == 0 ? 0 : 1);
  }

  void push(char32_t c, int32_t change) {
    const uint8_t combining = c < 0x80 ? 0 : combining_class(c);
    if (combining == 0) sort_pending();
    out_.push_back({c, combining, change});
  }

  void sort_pending() {
    if (out_.size() - sorted_ > 1) {
      std::stable_sort(out_.begin() + static_cast<std::ptrdiff_t>(sorted_), out_.end(),
                       [](const Decomposed& a, const Decomposed& b) {
                         return a.combining_class < b.combining_class;
                       });
    }
    sorted_ = out_.size();
  }

  bool compatible_;
  std::vector<Decomposed> out_;
  size_t sorted_ = 0;
};

// A starter takes in the marks behind it that are not blocked; the others follow it.
class Composer {
 public:
  std::vector<CharChange> run(const std::vector<Decomposed>& text) {
    out_.reserve(text.size());
    for (const Decomposed& next : text) add(next);
    flush();
    return std::move(out_);
  }

 private:
  void add(const Decomposed& next) {
    if (!starter_) {
      if (next.combining_class != 0) {
        out_.push_back({next.c, next.change});
      } else {
        starter_ = {next.c, next.change};
      }
      return;
    }
    const bool blocked = last_class_ && *last_class_ >= next.combining_class;
    const char32_t composed = blocked ? 0 : compose(starter_->c, next.c);
    if (composed != 0) {
      starter_ = {composed, starter_->change + next.change - 1};
    } else if (next.combining_class == 0) {
      flush();
      starter_ = {next.c, next.change};
    } else {
      waiting_.push_back({next.c, next.change});
      last_class_ = next.combining_class;
    }
  }

  void flush() {
    if (starter_) out_.push_back(*starter_);
    out_.insert(out_.end(), waiting_.begin(), waiting_.end());
    starter_.reset();
    waiting_.clear();
    last_class_.reset();
  }

  std::vector<CharChange> out_;
  std::optional<CharChange> starter_;
  std::vector<CharChange> waiting_;
  std::optional<uint8_t> last_class_;
};

}  // namespace

std::vector<CharChange> normalize(std::string_view text, NormalizationForm form) {
  const bool compatible = form == NormalizationForm::nfkd || form == NormalizationForm::nfkc;
  const std::vector<Decomposed> decomposed = Decomposer(compatible).run(text);
  if (form == NormalizationForm::nfc || form == NormalizationForm::nfkc) {
    return Composer().run(decomposed);
  }
  std::vector<CharChange> out;
  out.reserve(decomposed.size());
  for (const Decomposed& d : decomposed) out.push_back({d.c, d.change});
  return out;
}

}  // namespace jnlp::tok
