#include <fmt/format.h>

#include <charconv>
#include <fstream>

#include "base/error.h"
#include "base/file.h"
#include "base/utf8.h"
#include "tokenize/files/load.h"
#include "tokenize/models/bpe.h"
#include "tokenize/text/byte_alphabet.h"
#include "tokenize/text/precompiled.h"

namespace jnlp::tok {
namespace {

// The longest token of the known files has 128 bytes.
constexpr size_t kMaxToken = 256;
constexpr size_t kLongestLine = 400;
constexpr uintmax_t kMaxRankFile = uintmax_t{1} << 24U;

// What a rank file does not say: how text is cut into words, and the special tokens. The number of
// tokens tells which of the published files it is.
struct KnownFile {
  size_t tokens;
  const char* words;
  void (*add_special)(Vocabulary* vocabulary);
};

void add_cl100k_special(Vocabulary* vocabulary) {
  vocabulary->add("<|endoftext|>", 100257);
  vocabulary->add("<|fim_prefix|>", 100258);
  vocabulary->add("<|fim_middle|>", 100259);
  vocabulary->add("<|fim_suffix|>", 100260);
  vocabulary->add("<|endofprompt|>", 100276);
}

void add_llama3_special(Vocabulary* vocabulary) {
  constexpr const char* kNames[] = {
      "<|begin_of_text|>",
      "<|end_of_text|>",
      "<|reserved_special_token_0|>",
      "<|reserved_special_token_1|>",
      "<|reserved_special_token_2|>",
      "<|reserved_special_token_3|>",
      "<|start_header_id|>",
      "<|end_header_id|>",
      "<|reserved_special_token_4|>",
      "<|eot_id|>",
  };
  int64_t id = 128000;
  for (const char* name : kNames) vocabulary->add(name, id++);
  for (int i = 5; i <= 250; ++i) {
    vocabulary->add(fmt::format("<|reserved_special_token_{}|>", i), id++);
  }
}

constexpr KnownFile kKnownFiles[] = {
    {100256,
     R"('(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s)",
     add_cl100k_special},
    {128000,
     R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
     add_llama3_special},
};

// Splits "base64 rank"; false when a line is not that.
bool parse_line(std::string_view line, std::string* token, int64_t* rank) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  const size_t space = line.find(' ');
  if (space == 0 || space == std::string_view::npos) return false;
  const std::string_view digits = line.substr(space + 1);
  const char* end = digits.data() + digits.size();
  const auto parsed = std::from_chars(digits.data(), end, *rank);
  if (parsed.ec != std::errc() || parsed.ptr != end || *rank < 0) return false;
  try {
    *token = decode_base64(line.substr(0, space));
  } catch (const Error&) {
    return false;
  }
  return !token->empty();
}

// Tokens as bytes; the ranks are the ids.
Vocabulary read_ranks(std::string_view text, const std::string& where) {
  Vocabulary ranks;
  ranks.reserve(text.size() / 16, text.size() / 2);
  std::string token;
  size_t number = 0;
  for (size_t begin = 0; begin < text.size();) {
    ++number;
    const size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    begin = end + 1;
    int64_t rank = 0;
    if (line.empty()) continue;
    const bool sound = parse_line(line, &token, &rank) && token.size() <= kMaxToken &&
                       !ranks.find(token) && !ranks.token(rank);
    if (!sound) {
      throw Error(
          ErrorCode::invalid_input,
          fmt::format("{}: line {} is not a new token in base64 and a new rank", where, number));
    }
    ranks.add(token, rank);
  }
  return ranks;
}

const KnownFile& find_known(const Vocabulary& ranks, const std::string& where) {
  for (const KnownFile& known : kKnownFiles) {
    if (known.tokens == ranks.size() && known.tokens == ranks.id_limit()) return known;
  }
  throw Error(ErrorCode::unsupported,
              fmt::format("{} has {} tiktoken ranks, which is neither cl100k_base (100256) nor "
                          "Llama 3 (128000); how it cuts words is not known: get the model's "
                          "tokenizer.json",
                          where, ranks.size()));
}

std::string spell(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) append_utf8(letter_of_byte(static_cast<unsigned char>(c)), &text);
  return text;
}

// Whatever two tokens make a third merge into it, as early as its rank says.
MergeTable make_merges(const Vocabulary& ranks) {
  MergeTable merges;
  merges.reserve(ranks.size() * 3);
  for (size_t rank = 0; rank < ranks.id_limit(); ++rank) {
    const std::string_view token = *ranks.token(static_cast<int64_t>(rank));
    for (size_t cut = 1; cut < token.size(); ++cut) {
      const auto left = ranks.find(token.substr(0, cut));
      const auto right = left ? ranks.find(token.substr(cut)) : std::nullopt;
      if (!right) continue;
      merges.add(*left, *right, {static_cast<uint32_t>(rank), static_cast<int32_t>(rank)});
    }
  }
  return merges;
}

}  // namespace

bool looks_like_tiktoken(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::string line(kLongestLine, '\0');
  stream.read(line.data(), static_cast<std::streamsize>(line.size()));
  line.resize(static_cast<size_t>(stream.gcount()));
  std::string token;
  int64_t rank = 0;
  return parse_line(line.substr(0, line.find('\n')), &token, &rank);
}

void load_tiktoken(const std::filesystem::path& file, Tokenizer::Pipeline* pipeline) {
  std::error_code ignored;
  if (std::filesystem::file_size(file, ignored) > kMaxRankFile && !ignored) {
    throw Error(ErrorCode::invalid_input, file.string() + " is too large for tiktoken ranks");
  }
  const Vocabulary ranks = read_ranks(read_file(file), file.string());
  const KnownFile& known = find_known(ranks, file.string());
  Vocabulary vocabulary;
  vocabulary.reserve(ranks.size() + kMaxToken, ranks.size() * 10);
  for (size_t rank = 0; rank < ranks.id_limit(); ++rank) {
    vocabulary.add(spell(*ranks.token(static_cast<int64_t>(rank))), static_cast<int64_t>(rank));
  }
  known.add_special(&vocabulary);
  Bpe::Options options;
  options.ignore_merges = true;
  auto model = std::make_unique<Bpe>(std::move(vocabulary), make_merges(ranks), options);
  if (!model->use_bytes()) {
    throw Error(ErrorCode::invalid_input,
                file.string() + " does not have a token for each byte, so it is no tiktoken file");
  }
  pipeline->model = std::move(model);
  pipeline->pre_tokenizer =
      std::make_unique<PatternSplit>(Pattern::regex(known.words), SplitBehavior::isolated, false);
  pipeline->decoder = std::make_unique<ByteLevelDecoder>();
}

}  // namespace jnlp::tok
