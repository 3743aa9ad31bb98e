#include "hub/model_name.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace jnlp {
namespace {

TEST(ModelName, TakesApartWhatIsThere) {
  const ModelName plain = parse_model_name("sentence-transformers/all-MiniLM-L6-v2");
  EXPECT_EQ(plain.id, "sentence-transformers/all-MiniLM-L6-v2");
  EXPECT_EQ(plain.revision, "main");
  const ModelName old = parse_model_name("bert-base-uncased@refs/pr/1");
  EXPECT_EQ(old.id, "bert-base-uncased");
  EXPECT_EQ(old.revision, "refs/pr/1");
  const ModelName file = parse_model_name("org/name@v1:q4/model.gguf");
  EXPECT_EQ(file.file, "q4/model.gguf");
  EXPECT_EQ(file.revision, "v1");
  EXPECT_EQ(file.text(), "org/name@v1:q4/model.gguf");
}

TEST(ModelName, RefusesWhatTheHubRefuses) {
  for (const char* name :
       {"",        "/",      "a/b/c",    "a//b",   "../b",          "a/..",           "-a/b",
        "a/b-",    "a/.b",   "a/b.",     "a--b/c", "a/b--c",        "a/b..c",         "a/b.git",
        "a b/c",   "a/b\n",  "a/b?x=1",  "a/b#c",  "a/%2e%2e",      "a/b@",           "a/b@../x",
        "a/b@x y", "a/b@-x", "a/b@x..y", "a/b:",   "a/b:../x.gguf", "a/b:/etc/x.gguf"}) {
    EXPECT_THROW(parse_model_name(name), Error) << name;
  }
  EXPECT_THROW(parse_model_name("a/" + std::string(97, 'b')), Error);
}

TEST(ModelName, KnowsPaths) {
  for (const char* text : {"./x", "../x", "/x", "~/x", "x.gguf", "dir/x.gguf", "."}) {
    EXPECT_TRUE(is_path_like(text)) << text;
  }
  for (const char* text : {"org/name", "ner", "org/name:x.gguf", "x.gguf.y"}) {
    EXPECT_FALSE(is_path_like(text)) << text;
  }
}

TEST(SafePath, OnlyWhatStaysInside) {
  for (const char* path : {"a", "a/b", "1_Pooling/config.json", "..a/b..", "a b", "\xC3\xA4"}) {
    EXPECT_TRUE(is_safe_relative_path(path)) << path;
  }
  for (const char* path :
       {"", "/", "/a", "a/", "a//b", ".", "..", "./a", "../a", "a/..", "a/../b", "a/./b"}) {
    EXPECT_FALSE(is_safe_relative_path(path)) << path;
  }
  EXPECT_FALSE(is_safe_relative_path(std::string_view("a\0b", 3)));
  EXPECT_FALSE(is_safe_relative_path(std::string(256, 'a')));
  std::string deep = "a";
  for (int i = 0; i < 600; ++i) deep += "/a";
  EXPECT_FALSE(is_safe_relative_path(deep));
}

}  // namespace
}  // namespace jnlp
