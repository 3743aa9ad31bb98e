#include "llm/page_cache.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/file.h"
#include "support/paths.h"

namespace jnlp {
namespace {

TEST(DropFromPageCache, TheFileIsReadableAfterwards) {
  const TemporaryDir folder;
  const auto path = folder.path() / "file";
  std::ofstream(path) << std::string(1 << 20, 'x');
  drop_from_page_cache(path);  // a file system in memory cannot: then it must say false, not fail
  EXPECT_EQ(read_file(path), std::string(1 << 20, 'x'));
}

TEST(DropFromPageCache, WhatIsNotThereIsNotDropped) {
  const TemporaryDir folder;
  EXPECT_FALSE(drop_from_page_cache(folder.path() / "none"));
  EXPECT_FALSE(drop_from_page_cache(folder.path()));
}

}  // namespace
}  // namespace jnlp
