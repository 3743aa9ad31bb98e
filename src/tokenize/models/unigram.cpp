#include "tokenize/models/unigram.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/error.h"
#include "tokenize/models/unigram_paths.h"

namespace jnlp::tok {
namespace {

uint32_t code_point_length(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

PrefixTrie all_tokens(const Vocabulary& vocabulary) {
  std::vector<PrefixTrie::Entry> entries;
  entries.reserve(vocabulary.size());
  for (size_t id = 0; id < vocabulary.id_limit(); ++id) {
    const auto token = vocabulary.token(static_cast<int64_t>(id));
    // Of equal tokens the vocabulary knows the last one alone.
    if (token && vocabulary.find(*token) == static_cast<int32_t>(id)) {
      entries.emplace_back(*token, static_cast<int32_t>(id));
    }
  }
  return PrefixTrie(std::move(entries));
}

}  // namespace

// The best way to the place before a byte: the token it ends with and where that begins.
struct Unigram::Node {
  double score = 0;
  uint32_t begin = kNowhere;
  int32_t id = 0;
};

struct Unigram::State : ModelState {
  std::vector<Node> nodes;
  std::vector<ModelToken> path;
};

Unigram::Unigram(Vocabulary vocabulary, std::vector<double> scores, Options options)
    : Model(std::move(vocabulary)),
      scores_(std::move(scores)),
      options_(options),
      unknown_score_(std::numeric_limits<double>::infinity()),
      trie_(all_tokens(this->vocabulary())) {
  for (const double score : scores_) unknown_score_ = std::min(unknown_score_, score);
  unknown_score_ -= kUnknownPenalty;
  for (size_t byte = 0; byte < 256; ++byte) {
    byte_ids_[byte] = this->vocabulary().find(fmt::format("<0x{:02X}>", byte)).value_or(-1);
  }
}

std::unique_ptr<ModelState> Unigram::make_state() const {
  return std::make_unique<State>();
}

int32_t Unigram::require_unknown_id() const {
  if (options_.unknown_id >= 0) return options_.unknown_id;
  throw Error(ErrorCode::invalid_input,
              "a character is in no token, and the tokenizer has no token for what is unknown");
}

void Unigram::find_best_path(std::string_view piece, std::vector<Node>* nodes) const {
  const auto size = static_cast<uint32_t>(piece.size());
  nodes->assign(size + 1, Node{});
  const auto offer = [nodes](uint32_t begin, uint32_t end, double score, int32_t id) {
    Node& node = (*nodes)[end];
    if (node.begin == kNowhere || score > node.score) node = {score, begin, id};
  };
  for (uint32_t begin = 0; begin < size;) {
    const double so_far = (*nodes)[begin].score;
    const uint32_t length = code_point_length(piece[begin]);
    bool has_single = false;
    trie_.for_each_prefix(piece.substr(begin), [&](size_t token_length, int32_t id) {
      const auto end = begin + static_cast<uint32_t>(token_length);
      offer(begin, end, scores_[static_cast<size_t>(id)] + so_far, id);
      if (token_length == length) has_single = true;
    });
    if (!has_single) offer(begin, begin + length, unknown_score_ + so_far, require_unknown_id());
    begin += length;
  }
}

void Unigram::tokenize(std::string_view piece, ModelState* model_state,
                       std::vector<ModelToken>* tokens) const {
  auto* state = static_cast<State*>(model_state);
  find_best_path(piece, &state->nodes);
  // From the end to the begin; neighbours that are unknown become one.
  std::vector<ModelToken>& path = state->path;
  path.clear();
  for (auto end = static_cast<uint32_t>(piece.size()); end > 0;) {
    const Node& node = state->nodes[end];
    const bool fuse =
        node.id == options_.unknown_id && !path.empty() && path.back().id == options_.unknown_id;
    if (fuse) {
      path.back().begin = node.begin;
    } else {
      path.push_back({node.id, node.begin, end});
    }
    end = node.begin;
  }
  for (auto part = path.rbegin(); part != path.rend(); ++part) {
    if (part->id == options_.unknown_id) {
      add_unlisted(piece.substr(part->begin, part->end - part->begin), part->begin, tokens);
    } else {
      tokens->push_back(*part);
    }
  }
}

void Unigram::add_unlisted(std::string_view text, uint32_t begin,
                           std::vector<ModelToken>* tokens) const {
  const uint32_t end = begin + static_cast<uint32_t>(text.size());
  if (const auto id = vocabulary().find(text)) return tokens->push_back({*id, begin, end});
  const auto id_of = [this](char c) { return byte_ids_[static_cast<unsigned char>(c)]; };
  const bool as_bytes =
      options_.byte_fallback &&
      std::all_of(text.begin(), text.end(), [&](char c) { return id_of(c) >= 0; });
  if (!as_bytes) return tokens->push_back({options_.unknown_id, begin, end});
  for (const char c : text) tokens->push_back({id_of(c), begin, end});
}

}  // namespace jnlp::tok
