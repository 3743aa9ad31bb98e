#include "tokenize/files/sentencepiece_class.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/error.h"
#include "tokenize/files/sentencepiece_converter.h"
#include "tokenize/models/sentencepiece_plain.h"
#include "tokenize/unicode/unicode.h"

namespace jnlp::tok {
namespace {

using Converter = SentencePieceConverter;

constexpr const char* kTwoSpaces = " {2,}";

void set_usual_normalizer(Converter* to) {
  std::vector<NormalizerPtr> parts;
  to->add_charsmap(&parts);
  parts.push_back(std::make_unique<Strip>(false, true));
  parts.push_back(replace_all(Pattern::regex(kTwoSpaces), std::string(kSpaceSymbol)));
  to->set_normalizer(std::move(parts));
}

void set_accent_normalizer(Converter* to) {
  std::vector<NormalizerPtr> parts;
  parts.push_back(replace_all(Pattern::literal("``"), "\""));
  parts.push_back(replace_all(Pattern::literal("''"), "\""));
  if (!to->flag("keep_accents", false)) {
    parts.push_back(std::make_unique<UnicodeNormalizer>(NormalizationForm::nfkd));
    parts.push_back(std::make_unique<StripAccents>());
  }
  if (to->flag("do_lower_case", true)) parts.push_back(std::make_unique<Lowercase>());
  to->add_charsmap(&parts);
  parts.push_back(replace_all(Pattern::regex(kTwoSpaces), " "));
  to->set_normalizer(std::move(parts));
}

void t5(Converter* to) {
  ClassVocabulary vocabulary;
  to->add_pieces(0, &vocabulary.tokens);
  vocabulary.unknown_id = to->file().unknown_id;
  constexpr int64_t kMostExtraIds = 10000;
  const auto wanted = to->config().find("extra_ids");
  const bool given = wanted != to->config().end() && wanted->is_number_integer();
  const int64_t extra = given ? std::clamp<int64_t>(wanted->get<int64_t>(), 0, kMostExtraIds) : 100;
  for (int64_t i = extra - 1; i >= 0; --i) {
    vocabulary.tokens.push_back({fmt::format("<extra_id_{}>", i), 0.0});
  }
  to->make_model(vocabulary, false);
  const std::string eos = to->token("eos_token", "</s>");
  for (const std::string& name :
       {to->token("pad_token", "<pad>"), eos, to->token("unk_token", "<unk>")}) {
    to->add_special(name);
  }
  for (int64_t i = extra - 1; i >= 0; --i) to->add_special(fmt::format("<extra_id_{}>", i));
  set_usual_normalizer(to);
  to->set_metaspace();
  to->set_template({{"$A", 0}, {"</s>"}}, {{"$A", 0}, {"</s>"}, {"$B", 0}, {"</s>"}});
}

// fairseq numbers four special tokens before the pieces, and <mask> behind them.
void xlm_roberta(Converter* to) {
  ClassVocabulary vocabulary;
  vocabulary.tokens = {{"<s>", 0.0}, {"<pad>", 0.0}, {"</s>", 0.0}, {"<unk>", 0.0}};
  vocabulary.unknown_id = 3;
  to->add_pieces(3, &vocabulary.tokens);
  vocabulary.tokens.push_back({"<mask>", 0.0});
  to->make_model(vocabulary, false);
  for (const char* name : {"<s>", "<pad>", "</s>", "<unk>"}) to->add_special(name);
  to->add_special(to->token("mask_token", "<mask>"), true);
  set_usual_normalizer(to);
  to->set_metaspace();
  to->set_template({{"<s>", 0}, {"$A", 0}, {"</s>"}},
                   {{"<s>", 0}, {"$A", 0}, {"</s>"}, {"</s>"}, {"$B", 0}, {"</s>"}});
}

void camembert(Converter* to) {
  ClassVocabulary vocabulary;
  vocabulary.tokens = {{"<s>NOTUSED", 0.0},
                       {"<pad>", 0.0},
                       {"</s>NOTUSED", 0.0},
                       {"<unk>", 0.0},
                       {"<unk>NOTUSED", -100.0}};
  vocabulary.unknown_id = 3;
  to->add_pieces(1, &vocabulary.tokens);
  vocabulary.tokens.push_back({"<mask>", 0.0});
  to->make_model(vocabulary, false);
  for (const char* name :
       {"<s>NOTUSED", "<pad>", "</s>NOTUSED", "<unk>", "<unk>NOTUSED", "<s>", "</s>"}) {
    to->add_special(name);
  }
  to->add_special(to->token("mask_token", "<mask>"), true);
  set_usual_normalizer(to);
  to->set_metaspace();
  to->set_template({{"<s>", 0}, {"$A", 0}, {"</s>"}},
                   {{"<s>", 0}, {"$A", 0}, {"</s>"}, {"</s>"}, {"$B", 0}, {"</s>"}});
}

void albert(Converter* to) {
  ClassVocabulary vocabulary;
  to->add_pieces(0, &vocabulary.tokens);
  // A number with a comma behind it should be cut before the comma.
  for (ScoredToken& token : vocabulary.tokens) {
    const std::string_view text = token.text;
    if (text.size() < 2 || text.back() != ',') continue;
    const char before = text[text.size() - 2];
    if (before >= '0' && before <= '9') token.score -= 100;
  }
  vocabulary.unknown_id = to->file().unknown_id;
  to->make_model(vocabulary, false);
  for (const std::string& name : {to->token("pad_token", "<pad>"), to->token("unk_token", "<unk>"),
                                  std::string("[CLS]"), std::string("[SEP]")}) {
    to->add_special(name);
  }
  to->add_special(to->token("mask_token", "[MASK]"), true);
  set_accent_normalizer(to);
  to->set_metaspace();
  to->set_template({{"[CLS]", 0}, {"$A", 0}, {"[SEP]", 0}},
                   {{"[CLS]", 0}, {"$A", 0}, {"[SEP]", 0}, {"$B", 1}, {"[SEP]", 1}});
}

void deberta_v2(Converter* to) {
  ClassVocabulary vocabulary;
  to->add_pieces(0, &vocabulary.tokens);
  vocabulary.unknown_id = to->file().unknown_id;
  to->make_model(vocabulary, false);
  for (const char* name : {"[PAD]", "[CLS]", "[SEP]"}) to->add_special(name);
  to->add_special(to->token("unk_token", "[UNK]"), false, true);
  to->add_special(to->token("mask_token", "[MASK]"));
  std::vector<NormalizerPtr> parts;
  if (to->flag("do_lower_case", false)) parts.push_back(std::make_unique<Lowercase>());
  parts.push_back(std::make_unique<Strip>(true, true));
  to->add_charsmap(&parts);
  parts.push_back(replace_all(Pattern::regex(kTwoSpaces), " "));
  to->set_normalizer(std::move(parts));
  to->set_metaspace();
  if (to->flag("split_by_punct", false)) {
    std::vector<PreTokenizerPtr> steps;
    steps.push_back(std::make_unique<PropertySplit>(kPunctuation, SplitBehavior::isolated));
    steps.push_back(to->metaspace(true));
    to->set_pre_tokenizer(std::make_unique<PreTokenizerSequence>(std::move(steps)));
  }
  to->set_template({{"[CLS]", 0}, {"$A", 0}, {"[SEP]", 0}},
                   {{"[CLS]", 0}, {"$A", 0}, {"[SEP]", 0}, {"$B", 1}, {"[SEP]", 1}});
}

void llama(Converter* to) {
  ClassVocabulary vocabulary;
  to->add_pieces(0, &vocabulary.tokens);
  for (size_t i = 0; i < std::min<size_t>(3, vocabulary.tokens.size()); ++i) {
    vocabulary.tokens[i].score = 0.0;
  }
  to->make_model(vocabulary, true);
  const std::string bos = to->token("bos_token", "<s>");
  const std::string eos = to->token("eos_token", "</s>");
  for (const std::string& name : {to->token("unk_token", "<unk>"), bos, eos}) to->add_special(name);
  std::vector<DecoderPtr> decoders;
  decoders.push_back(
      std::make_unique<ReplaceDecoder>(Pattern::literal(std::string(kSpaceSymbol)), " "));
  decoders.push_back(std::make_unique<ByteFallbackDecoder>());
  decoders.push_back(std::make_unique<FuseDecoder>());
  const bool prefix = to->flag("add_prefix_space", true);
  if (prefix) decoders.push_back(std::make_unique<StripDecoder>(" ", 1, 0));
  to->set_decoder(std::make_unique<DecoderSequence>(std::move(decoders)));
  if (to->flag("legacy", true)) {
    std::vector<NormalizerPtr> parts;
    if (prefix) parts.push_back(std::make_unique<Prepend>(std::string(kSpaceSymbol)));
    parts.push_back(replace_all(Pattern::literal(" "), std::string(kSpaceSymbol)));
    to->set_normalizer(std::move(parts));
  } else {
    to->set_pre_tokenizer(to->metaspace(false));
  }
  std::vector<Converter::Part> single;
  std::vector<Converter::Part> pair;
  for (const auto& [text, type] : {std::pair("$A", 0), std::pair("$B", 1)}) {
    if (to->flag("add_bos_token", true)) pair.push_back({bos, type});
    pair.push_back({text, type});
    if (to->flag("add_eos_token", false)) pair.push_back({eos, type});
    if (type == 0) single = pair;
  }
  to->set_template(single, pair);
}

}  // namespace

void load_sentencepiece_class(const std::filesystem::path& model, const std::string& name,
                              const Json& config, Tokenizer::Pipeline* pipeline) {
  static const std::map<std::string, void (*)(Converter*)> kClasses = {
      {"T5Tokenizer", t5},
      {"MT5Tokenizer", t5},
      {"XLMRobertaTokenizer", xlm_roberta},
      {"CamembertTokenizer", camembert},
      {"AlbertTokenizer", albert},
      {"DebertaV2Tokenizer", deberta_v2},
      {"LlamaTokenizer", llama},
  };
  const auto found = kClasses.find(name);
  if (found == kClasses.end()) {
    throw Error(ErrorCode::unsupported,
                fmt::format("{}: the class {} is not known for SentencePiece models; get the "
                            "model's tokenizer.json, or name the file itself for SentencePiece's "
                            "own ids",
                            model.string(), name));
  }
  SentencePieceFile file;
  read_sentencepiece_file(model, &file);
  try {
    // Whatever the class does, the pieces must be sound; this kind of model checks nothing else.
    [[maybe_unused]] const SentencePieceChar sound(file.pieces, file.byte_fallback);
    Converter converter(file, config, pipeline);
    found->second(&converter);
    converter.add_configured_tokens();
  } catch (const Error& error) {
    throw Error(error.code(), fmt::format("{} as a {}: {}", model.string(), name, error.what()));
  }
}

}  // namespace jnlp::tok
