#include "hub/hub_config.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "base/error.h"
#include "base/file.h"
#include "support/paths.h"

namespace jnlp {
namespace {

namespace fs = std::filesystem;

class HubConfigTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* name :
         {"HF_HOME", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "XDG_CACHE_HOME", "XDG_DATA_HOME",
          "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_TOKEN_PATH", "HF_HUB_DISABLE_IMPLICIT_TOKEN",
          "HF_ENDPOINT", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_HUB_DISABLE_SYMLINKS",
          "HF_HUB_DOWNLOAD_TIMEOUT", "JETSON_NLP_MODELS"}) {
      ::unsetenv(name);
    }
    set("HOME", dir_.path().string());
  }

  static void set(const char* name, const std::string& value) { ::setenv(name, value.c_str(), 1); }
  static HubConfig read() { return HubConfig::from_environment(); }

  test::TemporaryDir dir_;
};

TEST_F(HubConfigTest, CacheFolderInTheOrderOfHuggingfaceHub) {
  EXPECT_EQ(read().cache_dir, dir_.path() / ".cache/huggingface/hub");
  set("XDG_CACHE_HOME", "/xdg");
  EXPECT_EQ(read().cache_dir, "/xdg/huggingface/hub");
  set("HF_HOME", "~/hf");
  EXPECT_EQ(read().cache_dir, dir_.path() / "hf/hub");
  set("HUGGINGFACE_HUB_CACHE", "/old");
  EXPECT_EQ(read().cache_dir, "/old");
  set("HF_HUB_CACHE", "/new");
  EXPECT_EQ(read().cache_dir, "/new");
}

TEST_F(HubConfigTest, TokenFromVariableOrFile) {
  EXPECT_EQ(read().token, "");
  fs::create_directories(dir_.path() / ".cache/huggingface");
  write_file(dir_.path() / ".cache/huggingface/token", "hf_file\n");
  EXPECT_EQ(read().token, "hf_file");
  write_file(dir_.path() / "elsewhere", "hf_elsewhere");
  set("HF_TOKEN_PATH", "~/elsewhere");
  EXPECT_EQ(read().token, "hf_elsewhere");
  set("HF_TOKEN", " hf_variable\n");
  EXPECT_EQ(read().token, "hf_variable");
  set("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1");
  EXPECT_EQ(read().token, "");
}

TEST_F(HubConfigTest, TokenThatWouldAddAHeaderIsRefused) {
  set("HF_TOKEN", "hf_x\r\nX-Other: 1");
  EXPECT_THROW(read(), Error);
}

TEST_F(HubConfigTest, Endpoint) {
  EXPECT_EQ(read().endpoint, HubConfig{}.endpoint);
  set("HF_ENDPOINT", "http://mirror.example/hub//");
  EXPECT_EQ(read().endpoint, "http://mirror.example/hub");
  set("HF_ENDPOINT", "mirror.example");
  EXPECT_THROW(read(), Error);
}

TEST_F(HubConfigTest, OfflineWords) {
  EXPECT_FALSE(read().offline);
  for (const char* word : {"1", "on", "YES", "True"}) {
    set("HF_HUB_OFFLINE", word);
    EXPECT_TRUE(read().offline) << word;
  }
  set("HF_HUB_OFFLINE", "0");
  EXPECT_FALSE(read().offline);
  ::unsetenv("HF_HUB_OFFLINE");
  set("TRANSFORMERS_OFFLINE", "1");
  EXPECT_TRUE(read().offline);
}

TEST_F(HubConfigTest, TimeoutIsChecked) {
  set("HF_HUB_DOWNLOAD_TIMEOUT", "7");
  EXPECT_EQ(read().limits.stall_seconds, 7);
  for (const char* wrong : {"0", "-1", "x", "1s", "99999999999999999999"}) {
    set("HF_HUB_DOWNLOAD_TIMEOUT", wrong);
    EXPECT_THROW(read(), Error) << wrong;
  }
}

TEST_F(HubConfigTest, ModelFoldersInOrder) {
  set("JETSON_NLP_MODELS", "/one::~/two");
  const std::vector<fs::path> dirs = read().local_model_dirs;
  ASSERT_GE(dirs.size(), 4U);
  EXPECT_EQ(dirs[0], "/one");
  EXPECT_EQ(dirs[1], dir_.path() / "two");
  EXPECT_EQ(dirs.back(), dir_.path() / ".local/share/jetson-nlp/models");
  set("XDG_DATA_HOME", "/data");
  EXPECT_EQ(read().local_model_dirs.back(), "/data/jetson-nlp/models");
}

}  // namespace
}  // namespace jnlp
