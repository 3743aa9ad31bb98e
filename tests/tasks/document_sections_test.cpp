#include "tasks/document_sections.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "base/error.h"
#include "tasks/text_chars.h"

namespace jnlp {
namespace {

std::vector<std::string> sections(const std::string& text, int64_t max_words) {
  std::vector<std::string> parts;
  for (const TextSpan span :
       document_sections(text, max_words, [](auto part) { return count_words(part); })) {
    parts.push_back(text.substr(span.begin, span.end - span.begin));
  }
  return parts;
}

TEST(DocumentSections, OneWhereTheDocumentFits) {
  EXPECT_EQ(sections(" One two. Three four. \n", 4),
            std::vector<std::string>{"One two. Three four."});
  EXPECT_TRUE(sections("", 4).empty());
  EXPECT_TRUE(sections(" ... ", 4).empty());
}

TEST(DocumentSections, AreAboutEquallyLong) {
  EXPECT_EQ(sections("One two. Three four. Five six. Seven eight.", 6),
            (std::vector<std::string>{"One two. Three four.", "Five six. Seven eight."}));
}

TEST(DocumentSections, EndWithParagraphsThatAreNearlyLongEnough) {
  std::string text;
  for (int i = 0; i < 9; ++i) text += "One two. ";
  text += "\n\n";
  for (int i = 0; i < 11; ++i) text += "Three four. ";
  const auto parts = sections(text, 25);
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_EQ(count_words(parts[0]), 18);
  EXPECT_TRUE(parts[1].starts_with("Three"));
}

TEST(DocumentSections, CutOnlySentencesThatAreTooLong) {
  EXPECT_EQ(sections("One. Two three four five six seven. Eight.", 3),
            (std::vector<std::string>{"One.", "Two three four", "five six seven.", "Eight."}));
}

TEST(DocumentSections, CutBetweenCharactersWhereThereIsNoSpace) {
  const std::string text = "日本語日本語日本語日本語";
  std::string joined;
  for (const std::string& part : sections(text, 5)) {
    EXPECT_LE(count_words(part), 5);
    joined += part;
  }
  EXPECT_EQ(joined, text);
}

TEST(DocumentSections, WhatCannotFitIsAnError) {
  EXPECT_THROW(document_sections("One two.", 3, [](auto) { return 4; }), Error);
}

// As with merges across sentences: a text has more tokens than its parts.
TEST(DocumentSections, CountWholeSections) {
  const auto count = [](std::string_view part) {
    return count_words(part) + std::count(part.begin(), part.end(), '.') * 2 - 2;
  };
  std::string text;
  for (int i = 0; i < 40; ++i) text += "One two. ";
  const auto spans = document_sections(text, 30, count);
  for (const TextSpan span : spans) {
    EXPECT_LE(count(std::string_view(text).substr(span.begin, span.end - span.begin)), 30);
  }
  EXPECT_EQ(spans.back().end, text.size() - 1);
}

}  // namespace
}  // namespace jnlp
