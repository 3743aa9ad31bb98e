#include "tokenize/files/sentencepiece_converter.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <map>

#include "base/error.h"
#include "tokenize/files/load.h"

namespace jnlp::tok {

void SentencePieceConverter::add_pieces(size_t first, std::vector<ScoredToken>* tokens) const {
  for (size_t i = first; i < file_.pieces.size(); ++i) {
    tokens->push_back({std::string(file_.pieces[i].text), file_.pieces[i].score});
  }
}

void SentencePieceConverter::make_model(const ClassVocabulary& vocabulary, bool byte_fallback) {
  for (const ScoredToken& scored : vocabulary.tokens) {
    if (std::isfinite(scored.score)) continue;
    throw Error(ErrorCode::invalid_input, "a score is no number");
  }
  if (vocabulary.unknown_id < 0 ||
      static_cast<size_t>(vocabulary.unknown_id) >= vocabulary.tokens.size()) {
    throw Error(ErrorCode::invalid_input, "the unknown piece is none of the pieces");
  }
  pipeline_->model = make_tokenizers_model(file_, vocabulary, byte_fallback);
  for (const SentencePiece& piece : file_.pieces) {
    const bool control = piece.type == PieceType::control;
    if (!control && piece.type != PieceType::user_defined) continue;
    pipeline_->added_tokens.push_back(
        {std::string(piece.text), false, false, false, false, control});
  }
}

void SentencePieceConverter::add_special(const std::string& content, bool lstrip, bool normalized) {
  std::vector<AddedToken>& tokens = pipeline_->added_tokens;
  std::erase_if(tokens, [&](const AddedToken& token) { return token.content == content; });
  tokens.push_back({content, false, lstrip, false, normalized, true});
}

void SentencePieceConverter::add_configured_tokens() {
  const auto found = config_.find("added_tokens_decoder");
  if (found == config_.end() || !found->is_object()) return;
  std::map<int64_t, Json> by_id;
  for (const auto& [id, entry] : found->items()) {
    by_id[std::strtoll(id.c_str(), nullptr, 10)] = entry;
  }
  Json list = Json::array();
  for (auto& [id, entry] : by_id) {
    if (entry.is_object()) entry["id"] = id;
    list.push_back(std::move(entry));
  }
  std::vector<AddedToken>& tokens = pipeline_->added_tokens;
  for (AddedToken& token : read_added_tokens(list, "added_tokens_decoder")) {
    std::erase_if(tokens, [&](const AddedToken& old) { return old.content == token.content; });
    tokens.push_back(std::move(token));
  }
}

void SentencePieceConverter::add_charsmap(std::vector<NormalizerPtr>* parts) const {
  if (file_.normalizer.charsmap.empty()) return;
  parts->push_back(std::make_unique<Precompiled>(CharsMap(file_.normalizer.charsmap)));
}

Metaspace::Prepend SentencePieceConverter::prepend() const {
  if (!flag("add_prefix_space", true)) return Metaspace::Prepend::never;
  return flag("legacy", true) ? Metaspace::Prepend::always : Metaspace::Prepend::first;
}

void SentencePieceConverter::set_metaspace() {
  pipeline_->pre_tokenizer = metaspace(true);
  pipeline_->decoder = std::make_unique<MetaspaceDecoder>(std::string(kSpaceSymbol),
                                                          prepend() != Metaspace::Prepend::never);
}

std::vector<PostProcessor::Item> SentencePieceConverter::items(
    const std::vector<Part>& parts) const {
  using Item = PostProcessor::Item;
  std::vector<Item> items;
  for (const Part& part : parts) {
    const std::string& text = part.text;
    if (text == "$A" || text == "$B") {
      items.push_back({text == "$A" ? Item::Kind::first : Item::Kind::second, part.type, {}});
    } else if (const auto id = pipeline_->model->vocabulary().find(text)) {
      items.push_back({Item::Kind::special, part.type, {*id}});
    } else {
      throw Error(ErrorCode::invalid_input,
                  fmt::format("the class needs the piece \"{}\", which the model lacks", text));
    }
  }
  return items;
}

void SentencePieceConverter::set_template(const std::vector<Part>& single,
                                          const std::vector<Part>& pair) {
  pipeline_->post_processor.single = items(single);
  pipeline_->post_processor.pair = items(pair);
  pipeline_->post_processor.is_template = true;
}

void SentencePieceConverter::set_normalizer(std::vector<NormalizerPtr> parts) {
  pipeline_->normalizer = std::make_unique<NormalizerSequence>(std::move(parts));
}

void SentencePieceConverter::set_pre_tokenizer(PreTokenizerPtr pre_tokenizer) {
  pipeline_->pre_tokenizer = std::move(pre_tokenizer);
}

void SentencePieceConverter::set_decoder(DecoderPtr decoder) {
  pipeline_->decoder = std::move(decoder);
}

PreTokenizerPtr SentencePieceConverter::metaspace(bool split) const {
  return std::make_unique<Metaspace>(std::string(kSpaceSymbol), prepend(), split);
}

NormalizerPtr replace_all(Pattern pattern, std::string content) {
  return std::make_unique<Replace>(std::move(pattern), std::move(content));
}

}  // namespace jnlp::tok
