#include "tokenize/decoders.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/utf8.h"
#include "tokenize/text/byte_alphabet.h"

namespace jnlp::tok {
namespace {

constexpr std::string_view kReplacementCharacter = "\xEF\xBF\xBD";

void replace_all(std::string* text, std::string_view from, std::string_view to) {
  if (from.empty() || text->find(from) == std::string::npos) return;
  std::string out;
  size_t done = 0;
  for (size_t at = text->find(from); at != std::string::npos; at = text->find(from, done)) {
    out.append(*text, done, at - done).append(to);
    done = at + from.size();
  }
  out.append(*text, done);
  *text = std::move(out);
}

// Takes out the spaces that English text does not have, in this order.
void clean_up(std::string* text) {
  constexpr std::pair<std::string_view, std::string_view> kReplacements[] = {
      {" .", "."},   {" ?", "?"},     {" !", "!"},     {" ,", ","},
      {" ' ", "'"},  {" n't", "n't"}, {" 'm", "'m"},   {" do not", " don't"},
      {" 's", "'s"}, {" 've", "'ve"}, {" 're", "'re"},
  };
  for (const auto& [from, to] : kReplacements) replace_all(text, from, to);
}

}  // namespace

int byte_of_fallback_token(std::string_view token) {
  if (token.size() != 6 || !token.starts_with("<0x") || !token.ends_with('>')) return -1;
  int value = 0;
  for (const char c : token.substr(3, 2)) {
    const int digit = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

void WordPieceDecoder::apply(std::vector<std::string>* tokens) const {
  for (size_t i = 0; i < tokens->size(); ++i) {
    std::string& token = (*tokens)[i];
    if (i > 0) {
      if (token.starts_with(prefix_)) {
        token.erase(0, prefix_.size());
      } else {
        token.insert(token.begin(), ' ');
      }
    }
    if (cleanup_) clean_up(&token);
  }
}

void BpeDecoder::apply(std::vector<std::string>* tokens) const {
  for (size_t i = 0; i < tokens->size(); ++i) {
    replace_all(&(*tokens)[i], suffix_, i + 1 == tokens->size() ? "" : " ");
  }
}

void ByteLevelDecoder::apply(std::vector<std::string>* tokens) const {
  std::string bytes;
  std::string part;
  for (const std::string& token : *tokens) {
    part.clear();
    bytes += bytes_of_token(token, &part) ? part : token;
  }
  *tokens = {replace_invalid_utf8(bytes)};
}

void MetaspaceDecoder::apply(std::vector<std::string>* tokens) const {
  for (size_t i = 0; i < tokens->size(); ++i) {
    replace_all(&(*tokens)[i], replacement_, i == 0 && drops_first_ ? "" : " ");
  }
}

void ByteFallbackDecoder::apply(std::vector<std::string>* tokens) const {
  std::vector<std::string> out;
  std::string bytes;
  const auto flush = [&] {
    if (bytes.empty()) return;
    if (is_valid_utf8(bytes)) {
      out.push_back(bytes);
    } else {
      out.insert(out.end(), bytes.size(), std::string(kReplacementCharacter));
    }
    bytes.clear();
  };
  for (std::string& token : *tokens) {
    if (const int byte = byte_of_fallback_token(token); byte >= 0) {
      bytes.push_back(static_cast<char>(byte));
    } else {
      flush();
      out.push_back(std::move(token));
    }
  }
  flush();
  *tokens = std::move(out);
}

void FuseDecoder::apply(std::vector<std::string>* tokens) const {
  *tokens = {std::accumulate(tokens->begin(), tokens->end(), std::string())};
}

void StripDecoder::apply(std::vector<std::string>* tokens) const {
  for (std::string& token : *tokens) {
    std::string_view kept = token;
    for (size_t i = 0; i < start_ && kept.starts_with(content_); ++i) {
      kept.remove_prefix(content_.size());
    }
    for (size_t i = 0; i < stop_ && kept.ends_with(content_); ++i) {
      kept.remove_suffix(content_.size());
    }
    if (kept.size() < token.size()) token = std::string(kept);
  }
}

void CtcDecoder::apply(std::vector<std::string>* tokens) const {
  tokens->erase(std::unique(tokens->begin(), tokens->end()), tokens->end());
  for (std::string& token : *tokens) {
    replace_all(&token, pad_token_, "");
    if (!cleanup_) continue;
    clean_up(&token);
    replace_all(&token, word_delimiter_, " ");
  }
  std::erase_if(*tokens, [](const std::string& token) { return token.empty(); });
}

void ReplaceDecoder::apply(std::vector<std::string>* tokens) const {
  for (std::string& token : *tokens) {
    std::string out;
    size_t done = 0;
    for (const TextSpan& match : pattern_.find_all(token)) {
      out.append(token, done, match.begin - done).append(content_);
      done = match.end;
    }
    out.append(token, done);
    token = std::move(out);
  }
}

}  // namespace jnlp::tok
