#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"
#include "base/utf8.h"
#include "tokenize/files/config_values.h"
#include "tokenize/files/load.h"
#include "tokenize/models/wordpiece.h"
#include "tokenize/unicode/unicode.h"

namespace jnlp::tok {
namespace {

// A line without the white space at its end.
std::string_view trimmed_end(std::string_view line) {
  while (!line.empty()) {
    size_t last = line.size() - 1;
    while (last > 0 && (static_cast<unsigned char>(line[last]) & 0xC0U) == 0x80U) --last;
    size_t position = last;
    if (!has_property(decode_utf8(line, &position), kWhitespace)) break;
    line = line.substr(0, last);
  }
  return line;
}

Vocabulary read_lines(const std::filesystem::path& file) {
  const std::string text = read_file(file);
  if (!is_valid_utf8(text)) {
    throw Error(ErrorCode::invalid_input, file.string() + " is not well-formed UTF-8");
  }
  Vocabulary vocabulary;
  vocabulary.reserve(text.size() / 6, text.size());
  int64_t id = 0;
  for (size_t begin = 0; begin < text.size(); ++id) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    vocabulary.add(trimmed_end(std::string_view(text).substr(begin, end - begin)), id);
    begin = end + 1;
  }
  return vocabulary;
}

// Without a tokenizer_config.json the vocabulary tells: one that has capital letters is cased.
bool looks_cased(const Vocabulary& vocabulary) {
  return vocabulary.find("The").has_value() || vocabulary.find("##A").has_value();
}

}  // namespace

void load_vocab_txt(const std::filesystem::path& vocab, const Json& config,
                    Tokenizer::Pipeline* pipeline) {
  Vocabulary vocabulary = read_lines(vocab);
  const std::string unknown = config_token(config, "unk_token", "[UNK]");
  const std::string cls = config_token(config, "cls_token", "[CLS]");
  const std::string sep = config_token(config, "sep_token", "[SEP]");
  const std::string pad = config_token(config, "pad_token", "[PAD]");
  const std::string mask = config_token(config, "mask_token", "[MASK]");
  const auto id_of = [&](const std::string& token) {
    if (const auto id = vocabulary.find(token)) return *id;
    throw Error(
        ErrorCode::invalid_input,
        fmt::format("{} has no line \"{}\", which BERT's tokenizer needs", vocab.string(), token));
  };
  using Item = PostProcessor::Item;
  const Item cls_item{Item::Kind::special, 0, {id_of(cls)}};
  const Item sep_item{Item::Kind::special, 0, {id_of(sep)}};
  const Item second_sep{Item::Kind::special, 1, {id_of(sep)}};
  const Item first{Item::Kind::first, 0, {}};
  pipeline->post_processor.single = {cls_item, first, sep_item};
  pipeline->post_processor.pair = {
      cls_item, first, sep_item, {Item::Kind::second, 1, {}}, second_sep};
  pipeline->post_processor.is_template = true;

  BertNormalizerOptions normalizer;
  normalizer.lowercase = config_flag(config, "do_lower_case", !looks_cased(vocabulary));
  normalizer.handle_chinese_chars = config_flag(config, "tokenize_chinese_chars", true);
  normalizer.strip_accents = config_flag(config, "strip_accents", normalizer.lowercase);
  pipeline->normalizer = std::make_unique<BertNormalizer>(normalizer);
  pipeline->pre_tokenizer = std::make_unique<BertPreTokenizer>();
  pipeline->decoder = std::make_unique<WordPieceDecoder>("##", true);
  for (const std::string& token : {pad, unknown, cls, sep, mask}) {
    if (vocabulary.find(token)) {
      pipeline->added_tokens.push_back({token, false, false, false, false, true});
    }
  }
  WordPiece::Options options;
  options.unknown_token = unknown;
  pipeline->model = std::make_unique<WordPiece>(std::move(vocabulary), std::move(options));
}

}  // namespace jnlp::tok
