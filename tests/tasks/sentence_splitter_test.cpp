#include "tasks/sentence_splitter.h"

#include <gtest/gtest.h>

#include <string>

#include "tasks/text_chars.h"

namespace jnlp {
namespace {

// The sentences with a bar between them.
std::string split(const std::string& text) {
  std::string sentences;
  for (const TextSpan span : split_sentences(text)) {
    sentences += (sentences.empty() ? "" : "|") + text.substr(span.begin, span.end - span.begin);
  }
  return sentences;
}

// Takes a text with bars where its sentences end.
void expect_split(const std::string& marked, char between = ' ') {
  std::string text = marked;
  for (char& c : text) {
    if (c == '|') c = between;
  }
  EXPECT_EQ(split(text), marked);
}

TEST(SentenceSplitter, EndsAtFullStopsQuestionsAndExclamations) {
  expect_split("It rained.|Did it stop?|No!|It never did...|We left.");
  expect_split("Really?!|Yes.");
  expect_split("One");
  EXPECT_EQ(split(""), "");
  EXPECT_EQ(split(" \n\t "), "");
  EXPECT_EQ(split("  Spaces.   Around.  "), "Spaces.|Around.");
}

TEST(SentenceSplitter, TitlesInitialsAndAbbreviationsDoNotEndOne) {
  expect_split("Dr. Smith met Mrs. Jones and Prof. Lee.|They spoke.");
  expect_split("J. R. R. Tolkien wrote it.|George W. Bush read it.");
  expect_split("The U.S. President spoke to the U.N. Security Council.|He left.");
  expect_split("He lives in the U.S.|She does not.");
  expect_split("Acme Inc. Chairman Bob Hill resigned.|He left Acme Corp.|Then it closed.");
  expect_split("See Fig. 3 and No. 7, pp. 12 ff.|Is it clear?|No.|It is not.");
  expect_split("On Jan. 5 we met at 5 p.m. Monday, i.e. late, e.g. after work.|Nobody came.");
  expect_split("He holds a Ph.D. in law.|It was the J.|He knew.");
  expect_split("So do I.|He agreed.");
  expect_split("(CNN)U.S. Sens. Hill and Lee spoke.|(They left.)");
}

TEST(SentenceSplitter, NumbersAndNamesWithStopsStayWhole) {
  expect_split("It cost 3.50 euros, up 0.5 per cent.|In 1999.|It rose to 1.2.|Then it fell.");
  expect_split("Look at www.example.com or file.txt now.|Version 2.0.1 is out.");
  expect_split("1. Open the lid.|2. Pour the water.", '\n');
}

TEST(SentenceSplitter, QuotesAndBracketsBelongToTheirSentence) {
  expect_split("\"We lost.\"|She smiled.");
  expect_split("“Why?” he asked.|“Because.”|‘Oh.’|He went.");
  expect_split("\"Go!\" he said.|(It was late.)|[Noise.]|Then: silence.");
  expect_split("He said \"stop.\"|\"Now,\" he added.");
}

TEST(SentenceSplitter, LowerCaseGoesOn) {
  expect_split("The shop on Yahoo! sells etc. and more.|Done.");
  expect_split("He waited... and waited.|Nobody came.");
}

TEST(SentenceSplitter, LinesEndSentences) {
  expect_split("A headline|The text begins.|It ends", '\n');
  expect_split("Mira: are you coming|Jonas: no|Mira: ok", '\n');
  EXPECT_EQ(split("first line\r\nSecond line\r\n\r\nthird"), "first line|Second line|third");
  EXPECT_EQ(split("It goes on\nin lower case. End."), "It goes on\nin lower case.|End.");
}

TEST(SentenceSplitter, LinesThatWereBrokenToFitDoNot) {
  const std::string text =
      "The council of the town of Harrow voted on\n"
      "Tuesday to close the old bridge to all of\n"
      "Denmark's cars. The ferry of the county of\n"
      "Somerset runs on.\n"
      "\n"
      "A new paragraph begins after an empty line";
  EXPECT_EQ(split_sentences(text).size(), 3U) << split(text);
}

TEST(SentenceSplitter, OtherScripts) {
  EXPECT_EQ(split("北京是首都。人很多！是吗？是。"), "北京是首都。|人很多！|是吗？|是。");
  EXPECT_EQ(split("「行く。」彼は言った。"), "「行く。」|彼は言った。");
  expect_split("Élan vital.|Über alles?|Ça va.");
  expect_split("यह एक वाक्य है।|दूसरा।");
}

TEST(SentenceSplitter, SpansAreBytesInOrder) {
  const std::string text = "Zoë left. Ève stayed.";
  const auto spans = split_sentences(text);
  ASSERT_EQ(spans.size(), 2U);
  EXPECT_EQ(spans[0], (TextSpan{0, 10}));
  EXPECT_EQ(spans[1], (TextSpan{11, 23}));
}

TEST(SentenceSplitter, LongTextsTakeTimeInProportion) {
  std::string text;
  for (int i = 0; i < 200'000; ++i) text += "a. ";
  EXPECT_EQ(split_sentences(text).size(), 1U);
  for (int i = 0; i < 200'000; ++i) text += "\n";
  EXPECT_EQ(split_sentences(text + "End").size(), 2U);
  EXPECT_EQ(split_sentences(std::string(1'000'000, '.')).size(), 1U);
}

TEST(CountWords, CountsWhatHoldsALetterOrDigit) {
  EXPECT_EQ(count_words(""), 0);
  EXPECT_EQ(count_words(" ... - !"), 0);
  EXPECT_EQ(count_words("Don't  stop: it's 2-1!\n"), 4);
  EXPECT_EQ(count_words("東京は 2 つ"), 5);
  EXPECT_EQ(count_words("naïve Überraschung"), 2);
}

}  // namespace
}  // namespace jnlp
