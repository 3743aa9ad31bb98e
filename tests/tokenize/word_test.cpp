#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/error.h"
#include "tokenize/models/merges.h"
#include "tokenize/models/prefix_trie.h"
#include "tokenize/models/vocabulary.h"
#include "tokenize/models/wordpiece.h"

namespace jnlp::tok {
namespace {

WordPiece wordpiece(const std::vector<std::string>& tokens, size_t longest = 100) {
  Vocabulary vocabulary;
  for (size_t i = 0; i < tokens.size(); ++i) vocabulary.add(tokens[i], static_cast<int64_t>(i));
  WordPiece::Options options;
  options.max_word_length = longest;
  return WordPiece(std::move(vocabulary), options);
}

std::vector<int32_t> ids(const WordPiece& model, std::string_view word) {
  std::vector<ModelToken> tokens;
  model.tokenize(word, nullptr, &tokens);
  std::vector<int32_t> out;
  for (const ModelToken& token : tokens) out.push_back(token.id);
  return out;
}

using Ids = std::vector<int32_t>;

// The example of BERT's own tokenization.py.
TEST(WordPiece, TakesTheLongestFromTheLeft) {
  const WordPiece model = wordpiece({"[UNK]", "un", "##aff", "##able", "##a", "##affa", "u"});
  EXPECT_EQ(ids(model, "unaffable"), (Ids{0}));  // ##affa is longer and leads nowhere
  EXPECT_EQ(ids(wordpiece({"[UNK]", "un", "##aff", "##able"}), "unaffable"), (Ids{1, 2, 3}));
}

TEST(WordPiece, AWordWithAnUnknownPartIsUnknownAsAWhole) {
  const WordPiece model = wordpiece({"[UNK]", "a", "##b"});
  EXPECT_EQ(ids(model, "abx"), (Ids{0}));
  EXPECT_EQ(ids(model, "b"), (Ids{0}));
}

TEST(WordPiece, LongWordsAreUnknownByCodePoints) {
  const WordPiece model = wordpiece({"[UNK]", "\u00e9", "##\u00e9"}, 3);
  EXPECT_EQ(ids(model, "\u00e9\u00e9\u00e9"), (Ids{1, 2, 2}));
  EXPECT_EQ(ids(model, "\u00e9\u00e9\u00e9\u00e9"), (Ids{0}));
}

TEST(WordPiece, WithoutAnUnknownTokenAnUnknownWordIsAnError) {
  EXPECT_THROW(ids(wordpiece({"a"}), "b"), Error);
}

TEST(Vocabulary, FindsBothWays) {
  Vocabulary vocabulary;
  for (int i = 0; i < 5000; ++i) vocabulary.add("token" + std::to_string(i), 2 * i);
  EXPECT_EQ(vocabulary.size(), 5000U);
  EXPECT_EQ(vocabulary.id_limit(), 9999U);
  for (int i = 0; i < 5000; ++i) {
    EXPECT_EQ(vocabulary.find("token" + std::to_string(i)), 2 * i);
    EXPECT_EQ(vocabulary.token(2 * i), "token" + std::to_string(i));
    EXPECT_FALSE(vocabulary.token(2 * i + 1));
  }
  EXPECT_FALSE(vocabulary.find("token"));
  EXPECT_FALSE(vocabulary.token(-1));
  EXPECT_FALSE(Vocabulary().find("x"));
}

TEST(Vocabulary, RefusesImpossibleIds) {
  Vocabulary vocabulary;
  EXPECT_THROW(vocabulary.add("a", -1), Error);
  EXPECT_THROW(vocabulary.add("a", int64_t{1} << 40U), Error);
}

TEST(PrefixTrie, FindsTheLongestKey) {
  const PrefixTrie trie({{"a", 1}, {"abc", 2}, {"abcde", 3}, {"\xFF", 4}, {"a", 5}, {"", 6}});
  EXPECT_EQ(trie.longest_prefix("abcd").length, 3U);
  EXPECT_EQ(trie.longest_prefix("abcd").value, 2);
  EXPECT_EQ(trie.longest_prefix("ax").value, 5);  // of equal keys the last
  EXPECT_EQ(trie.longest_prefix("\xFF").value, 4);
  EXPECT_EQ(trie.longest_prefix("b").value, -1);
  EXPECT_EQ(PrefixTrie().longest_prefix("a").value, -1);
  EXPECT_EQ(PrefixTrie(std::vector<PrefixTrie::Entry>{}).longest_prefix("a").value, -1);
}

TEST(MergeTable, TheLatestOfEqualPairsCounts) {
  MergeTable table;
  EXPECT_EQ(table.find(0, 0), nullptr);
  for (int32_t i = 0; i < 1000; ++i) table.add(i, i + 1, {static_cast<uint32_t>(i), i});
  table.add(3, 4, {7000, 9});
  EXPECT_EQ(table.find(3, 4)->id, 9);
  EXPECT_EQ(table.find(999, 1000)->id, 999);
  EXPECT_EQ(table.find(4, 3), nullptr);
  EXPECT_EQ(table.size(), 1000U);
}

}  // namespace
}  // namespace jnlp::tok
