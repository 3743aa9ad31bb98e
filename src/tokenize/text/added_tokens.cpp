#include "tokenize/text/added_tokens.h"

#include <algorithm>
#include <cstring>

#include "base/utf8.h"
#include "tokenize/unicode/unicode.h"

namespace jnlp::tok {
namespace {

size_t previous_code_point(std::string_view text, size_t position) {
  do {
    --position;
  } while ((static_cast<unsigned char>(text[position]) & 0xC0U) == 0x80U);
  return position;
}

bool has_property_at(std::string_view text, size_t position, uint32_t property) {
  return has_property(decode_utf8(text, &position), property);
}

bool ends_with_word(std::string_view text) {
  return !text.empty() && has_property_at(text, previous_code_point(text, text.size()), kWord);
}

bool starts_with_word(std::string_view text) {
  return !text.empty() && has_property_at(text, 0, kWord);
}

// Begin of the white space that `text` ends with, not before `limit` where the last token ended.
size_t begin_of_trailing_space(std::string_view text, size_t limit) {
  size_t position = text.size();
  while (position > limit) {
    const size_t previous = previous_code_point(text, position);
    if (!has_property_at(text, previous, kWhitespace)) break;
    position = previous;
  }
  return position;
}

size_t end_of_leading_space(std::string_view text, size_t position) {
  while (position < text.size()) {
    size_t next = position;
    if (!has_property(decode_utf8(text, &next), kWhitespace)) break;
    position = next;
  }
  return position;
}

}  // namespace

AddedVocabulary::AddedVocabulary(const std::vector<AddedToken>& tokens, const Vocabulary& model,
                                 const Normalizer* normalizer) {
  auto next_id = static_cast<int32_t>(model.size());
  for (const AddedToken& token : tokens) add_token(token, model, normalizer, &next_id);
  const auto is_normalized = [](const auto& entry) { return entry.second.normalized; };
  const auto count =
      static_cast<size_t>(std::count_if(tokens_.begin(), tokens_.end(), is_normalized));
  if (count > 0) normalized_ = make_matcher(true);
  if (count < tokens_.size()) raw_ = make_matcher(false);
}

void AddedVocabulary::add_token(const AddedToken& token, const Vocabulary& model,
                                const Normalizer* normalizer, int32_t* next_id) {
  if (token.content.empty()) return;
  check_token_size(token.content);
  std::optional<int32_t> id = find(token.content);
  if (!id) id = model.find(token.content);
  if (!id) {
    id = (*next_id)++;
    ++beyond_model_;
  }
  normalized_forms_.erase(*id);
  if (token.normalized && normalizer != nullptr) {
    NormalizedText text(token.content, 0);
    normalizer->apply(&text);
    if (text.text() != token.content) normalized_forms_[*id] = text.text();
  }
  ids_[token.content] = *id;
  if (token.special) special_.insert(token.content);
  tokens_.insert_or_assign(*id, token);
}

AddedVocabulary::Matcher AddedVocabulary::make_matcher(bool normalized) const {
  std::vector<PrefixTrie::Entry> entries;
  Matcher matcher;
  matcher.first_bytes.resize(256);
  for (const auto& [id, token] : tokens_) {
    if (token.normalized != normalized) continue;
    const std::string_view form = normalized ? decoder_form(id) : token.content;
    if (form.empty()) continue;
    entries.emplace_back(form, id);
    matcher.first_bytes[static_cast<unsigned char>(form[0])] = true;
  }
  if (std::count(matcher.first_bytes.begin(), matcher.first_bytes.end(), true) == 1) {
    const auto only = std::find(matcher.first_bytes.begin(), matcher.first_bytes.end(), true);
    matcher.single_first_byte = static_cast<int>(only - matcher.first_bytes.begin());
  }
  matcher.trie = PrefixTrie(std::move(entries));
  return matcher;
}

size_t AddedVocabulary::Matcher::next_candidate(std::string_view text, size_t position) const {
  if (single_first_byte >= 0) {
    const void* found =
        position < text.size()
            ? std::memchr(text.data() + position, single_first_byte, text.size() - position)
            : nullptr;
    return found == nullptr ? text.size()
                            : static_cast<size_t>(static_cast<const char*>(found) - text.data());
  }
  while (position < text.size() && !first_bytes[static_cast<unsigned char>(text[position])]) {
    ++position;
  }
  return position;
}

bool AddedVocabulary::is_absent_from(std::string_view text) const {
  if (normalized_) return false;
  if (!raw_) return true;
  for (size_t i = raw_->next_candidate(text, 0); i < text.size();
       i = raw_->next_candidate(text, i + 1)) {
    if (raw_->trie.longest_prefix(text.substr(i)).value >= 0) return false;
  }
  return true;
}

std::vector<AddedVocabulary::Found> AddedVocabulary::find_matches(std::string_view text,
                                                                  const Matcher& matcher) const {
  std::vector<Found> found;
  size_t done = 0;
  size_t space_end = 0;  // of the white space that was walked over last
  size_t total = 0;      // tokens that are white space themselves can overlap, as in the library
  for (size_t i = matcher.next_candidate(text, 0); i < text.size();
       i = matcher.next_candidate(text, i)) {
    const PrefixTrie::Longest match = matcher.trie.longest_prefix(text.substr(i));
    if (match.value < 0) {
      ++i;
      continue;
    }
    size_t begin = i;
    size_t end = i + match.length;
    i = end;
    const AddedToken& token = tokens_.at(match.value);
    if (token.single_word &&
        (ends_with_word(text.substr(0, begin)) || starts_with_word(text.substr(end)))) {
      continue;
    }
    if (token.lstrip) begin = begin_of_trailing_space(text.substr(0, begin), done);
    // Tokens that are white space themselves would walk over the same run again and again.
    if (token.rstrip) end = space_end = end_of_leading_space(text, std::max(end, space_end));
    check_size(total += end - begin);
    if (done < begin) {
      found.push_back({{static_cast<uint32_t>(done), static_cast<uint32_t>(begin)}, -1});
    }
    found.push_back({{static_cast<uint32_t>(begin), static_cast<uint32_t>(end)}, match.value});
    done = end;
  }
  if (done < text.size()) {
    found.push_back({{static_cast<uint32_t>(done), static_cast<uint32_t>(text.size())}, -1});
  }
  return found;
}

PieceList AddedVocabulary::split(std::string_view text, const Normalizer* normalizer) const {
  PieceList pieces;
  const std::vector<Found> outer =
      raw_ ? find_matches(text, *raw_)
           : std::vector<Found>{{{0, static_cast<uint32_t>(text.size())}, -1}};
  for (const Found& part : outer) {
    NormalizedText normalized(text.substr(part.range.begin, part.range.end - part.range.begin),
                              part.range.begin);
    if (part.token >= 0) {
      const auto size = static_cast<uint32_t>(normalized.text().size());
      pieces.add(normalized, {0, size}, part.range, part.token);
      continue;
    }
    if (normalizer != nullptr) normalizer->apply(&normalized);
    const auto size = static_cast<uint32_t>(normalized.text().size());
    if (!normalized_) {
      pieces.add(normalized, {0, size}, part.range, -1);
      continue;
    }
    for (const Found& inner : find_matches(normalized.text(), *normalized_)) {
      const std::vector<TextSpan>& alignment = normalized.alignment();
      pieces.add(normalized, inner.range,
                 {alignment[inner.range.begin].begin, alignment[inner.range.end - 1].end},
                 inner.token);
    }
  }
  return pieces;
}

std::optional<int32_t> AddedVocabulary::find(std::string_view content) const {
  const auto found = ids_.find(std::string(content));
  return found == ids_.end() ? std::nullopt : std::optional<int32_t>(found->second);
}

const AddedToken* AddedVocabulary::token(int32_t id) const {
  const auto found = tokens_.find(id);
  return found == tokens_.end() ? nullptr : &found->second;
}

std::string_view AddedVocabulary::decoder_form(int32_t id) const {
  const auto found = normalized_forms_.find(id);
  return found != normalized_forms_.end() ? std::string_view(found->second)
                                          : std::string_view(tokens_.at(id).content);
}

}  // namespace jnlp::tok
