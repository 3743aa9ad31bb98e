#include <fmt/format.h>

#include <map>

#include "base/error.h"
#include "tokenize/files/field_reader.h"
#include "tokenize/files/json_scanner.h"
#include "tokenize/files/load.h"
#include "tokenize/models/bpe.h"
#include "tokenize/models/unigram.h"
#include "tokenize/models/word_level.h"
#include "tokenize/models/wordpiece.h"

namespace jnlp::tok {
namespace {

// The model's object without its two large fields, which are read as they stand.
struct ModelFile {
  Json fields = Json::object();
  std::string_view vocab;
  std::string_view merges;
  std::string where;
};

ModelFile scan_model(std::string_view text, const std::string& where) {
  ModelFile file;
  file.where = where;
  for (auto& [name, value] : scan_object(text, where)) {
    if (name == "vocab") {
      file.vocab = value;
    } else if (name == "merges") {
      file.merges = value;
    } else {
      file.fields[name] = parse_json(value, fmt::format("{}.{}", where, name));
    }
  }
  if (file.vocab.empty()) {
    throw Error(ErrorCode::invalid_input, where + ": field \"vocab\" is missing");
  }
  return file;
}

// Files from before 2020 have no "type": the fields tell.
std::string model_type(const ModelFile& file) {
  if (file.fields.contains("type")) return FieldReader(file.fields, file.where).type();
  if (!file.merges.empty()) return "BPE";
  if (file.vocab.starts_with('[')) return "Unigram";
  return file.fields.contains("max_input_chars_per_word") ? "WordPiece" : "WordLevel";
}

Vocabulary read_vocabulary(const ModelFile& file) {
  JsonScanner scanner(file.vocab, file.where + ".vocab");
  Vocabulary vocabulary;
  vocabulary.reserve(file.vocab.size() / 16, file.vocab.size());
  scanner.expect('{');
  if (scanner.accept('}')) return vocabulary;
  std::string token;
  do {
    scanner.read_string(&token);
    scanner.expect(':');
    vocabulary.add(token, scanner.read_integer());
  } while (scanner.more('}'));
  scanner.expect_end();
  return vocabulary;
}

class MergeReader {
 public:
  MergeReader(const ModelFile& file, const Vocabulary& vocabulary, size_t prefix)
      : scanner_(file.merges, file.where + ".merges"),
        where_(file.where),
        vocabulary_(vocabulary),
        prefix_(prefix) {
    merges_.reserve(file.merges.size() / 16);
  }

  // Either ["a", "b"] or "a b" for each merge.
  MergeTable run() {
    scanner_.expect('[');
    if (scanner_.accept(']')) return std::move(merges_);
    do {
      if (scanner_.accept('[')) {
        scanner_.read_string(&left_);
        scanner_.expect(',');
        scanner_.read_string(&right_);
        scanner_.expect(']');
      } else if (!read_legacy()) {
        continue;
      }
      add();
    } while (scanner_.more(']'));
    scanner_.expect_end();
    return std::move(merges_);
  }

 private:
  bool read_legacy() {
    scanner_.read_string(&text_);
    if (text_.starts_with("#version")) return false;
    const size_t space = text_.find(' ');
    if (space == std::string::npos || text_.find(' ', space + 1) != std::string::npos) {
      throw Error(ErrorCode::invalid_input,
                  fmt::format("{}: merge {} is \"{}\", not two tokens", where_, rank_, text_));
    }
    left_.assign(text_, 0, space);
    right_.assign(text_, space + 1);
    return true;
  }

  int32_t id_of(std::string_view token) const {
    if (const auto id = vocabulary_.find(token)) return *id;
    throw Error(ErrorCode::invalid_input,
                fmt::format("{}: merge {} (\"{}\" \"{}\") needs the token \"{}\", which is not in "
                            "the vocabulary",
                            where_, rank_, left_, right_, token));
  }

  void add() {
    if (right_.size() < prefix_) id_of(right_ + " without its prefix");
    const int32_t left = id_of(left_);
    const int32_t right = id_of(right_);
    text_.assign(left_).append(right_, prefix_);
    merges_.add(left, right, {rank_++, id_of(text_)});
  }

  JsonScanner scanner_;
  const std::string& where_;
  const Vocabulary& vocabulary_;
  size_t prefix_;
  MergeTable merges_;
  uint32_t rank_ = 0;
  std::string left_;
  std::string right_;
  std::string text_;
};

ModelPtr read_bpe(const ModelFile& file, FieldReader* fields, bool prefer_bytes,
                  bool* takes_bytes) {
  Bpe::Options options;
  options.unknown_token = fields->string_or("unk_token", "");
  options.continuing_prefix = fields->string_or("continuing_subword_prefix", "");
  options.word_suffix = fields->string_or("end_of_word_suffix", "");
  options.fuse_unknown = fields->boolean_or("fuse_unk", false);
  options.byte_fallback = fields->boolean_or("byte_fallback", false);
  options.ignore_merges = fields->boolean_or("ignore_merges", false);
  fields->ignore("dropout");  // a random variation for training
  if (file.merges.empty()) {
    throw Error(ErrorCode::invalid_input, file.where + ": field \"merges\" is missing");
  }
  Vocabulary vocabulary = read_vocabulary(file);
  MergeTable merges = MergeReader(file, vocabulary, options.continuing_prefix.size()).run();
  auto model = std::make_unique<Bpe>(std::move(vocabulary), std::move(merges), std::move(options));
  *takes_bytes = prefer_bytes && model->use_bytes();
  return model;
}

ModelPtr read_wordpiece(const ModelFile& file, FieldReader* fields) {
  WordPiece::Options options;
  options.unknown_token = fields->string("unk_token");
  options.continuing_prefix = fields->string("continuing_subword_prefix");
  const int64_t longest = fields->integer("max_input_chars_per_word");
  if (longest < 0) fields->fail("max_input_chars_per_word", "0 or more");
  options.max_word_length = static_cast<size_t>(longest);
  return std::make_unique<WordPiece>(read_vocabulary(file), std::move(options));
}

ModelPtr read_unigram(const ModelFile& file, FieldReader* fields) {
  JsonScanner scanner(file.vocab, file.where + ".vocab");
  Vocabulary vocabulary;
  vocabulary.reserve(file.vocab.size() / 32, file.vocab.size() / 2);
  std::vector<double> scores;
  std::string token;
  scanner.expect('[');
  if (!scanner.accept(']')) {
    do {
      scanner.expect('[');
      scanner.read_string(&token);
      scanner.expect(',');
      vocabulary.add(token, static_cast<int64_t>(scores.size()));
      scores.push_back(scanner.read_number());
      scanner.expect(']');
    } while (scanner.more(']'));
  }
  scanner.expect_end();
  Unigram::Options options;
  options.byte_fallback = fields->boolean_or("byte_fallback", false);
  if (fields->has("unk_id")) {
    const int64_t unknown = fields->integer("unk_id");
    if (unknown < 0 || static_cast<size_t>(unknown) >= scores.size()) {
      fields->fail("unk_id", "the place of a token in the vocabulary");
    }
    options.unknown_id = static_cast<int32_t>(unknown);
  }
  fields->ignore("unk_id");
  return std::make_unique<Unigram>(std::move(vocabulary), std::move(scores), options);
}

}  // namespace

ModelPtr read_model(std::string_view text, const std::string& where, bool prefer_bytes,
                    bool* takes_bytes) {
  const ModelFile file = scan_model(text, where);
  FieldReader fields(file.fields, where);
  fields.ignore("type");
  const std::string type = model_type(file);
  if (type != "BPE" && !file.merges.empty()) {
    throw Error(ErrorCode::unsupported, fmt::format("{}: a {} with merges", where, type));
  }
  ModelPtr model;
  if (type == "BPE") {
    model = read_bpe(file, &fields, prefer_bytes, takes_bytes);
  } else if (type == "WordPiece") {
    model = read_wordpiece(file, &fields);
  } else if (type == "Unigram") {
    model = read_unigram(file, &fields);
  } else if (type == "WordLevel") {
    model = std::make_unique<WordLevel>(read_vocabulary(file), fields.string("unk_token"));
  } else {
    throw Error(ErrorCode::unsupported, fmt::format("{}: model \"{}\" is not known", where, type));
  }
  fields.finish();
  return model;
}

}  // namespace jnlp::tok
