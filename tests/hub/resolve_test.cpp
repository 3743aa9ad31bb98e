#include <gtest/gtest.h>

#include <cstdlib>

#include "base/file.h"
#include "hub/foreign_snapshot.h"
#include "hub/hub.h"
#include "hub/hub_cache.h"
#include "hub/hub_fixture.h"

namespace jnlp {
namespace {

namespace fs = std::filesystem;
using test::HubTest;

fs::path make_model(const fs::path& path) {
  fs::create_directories(path);
  write_file(path / "config.json", "{}");
  return path;
}

/// A hub, and two folders of models that came another way.
class Resolve : public HubTest {
 protected:
  void SetUp() override {
    HubTest::SetUp();
    config_.local_model_dirs = {first_, second_};
  }

  fs::path resolve(const std::string& name) const { return resolve_model(name, config_); }

  fs::path first_ = dir_.path() / "first";
  fs::path second_ = dir_.path() / "second";
};

/// Paths need no hub at all.
class ResolvePath : public testing::Test {
 protected:
  ResolvePath() {
    config_.cache_dir = dir_.path() / "hub";
    config_.endpoint = "http://127.0.0.1:1";
  }

  fs::path resolve(const std::string& name) const { return resolve_model(name, config_); }

  test::TemporaryDir dir_;
  HubConfig config_;
};

TEST_F(ResolvePath, DirectoriesAndFiles) {
  const fs::path model = make_model(dir_.path() / "model");
  EXPECT_EQ(resolve(model.string()), model);
  EXPECT_EQ(resolve((model / "config.json").string()), model);
  write_file(model / "weights.gguf", "GGUF");
  EXPECT_EQ(resolve((model / "weights.gguf").string()), model / "weights.gguf");
  const fs::path empty = dir_.path() / "empty";
  fs::create_directories(empty);
  EXPECT_EQ(resolve(empty.string()), empty);  // whoever opens it says what is missing
}

TEST_F(ResolvePath, HomeDirectory) {
  const fs::path model = make_model(dir_.path() / "model");
  ::setenv("HOME", dir_.path().c_str(), 1);
  EXPECT_EQ(resolve("~/model"), model);
}

TEST_F(ResolvePath, MissingPathsNeverGoToTheNetwork) {
  for (const char* name : {"./none", "../none", "/none/x", "~/none", "none.gguf", "a/none.gguf"}) {
    EXPECT_ERROR(resolve(name), ErrorCode::not_found, "no file or directory");
  }
  EXPECT_ERROR(resolve(""), ErrorCode::invalid_input, "empty");
  EXPECT_ERROR(resolve("a/b/c"), ErrorCode::invalid_input, "org/name");
}

TEST_F(ResolvePath, OwnModelThatIsNotThereSaysWhereItWasLookedFor) {
  config_.local_model_dirs = {"/nowhere/models"};
  EXPECT_ERROR(resolve("ner"), ErrorCode::not_found, "/nowhere/models");
}

TEST_F(Resolve, ModelsByNameInTheOrderOfTheFolders) {
  const fs::path second = make_model(second_ / "sentiment");
  EXPECT_EQ(resolve("sentiment"), second);
  const fs::path first = make_model(first_ / "sentiment");
  EXPECT_EQ(resolve("sentiment"), first);
  EXPECT_TRUE(server_.requests().empty());
}

TEST_F(Resolve, FolderWithoutAModelDoesNotHideOne) {
  fs::create_directories(first_ / "ner");
  const fs::path second = make_model(second_ / "ner");
  EXPECT_EQ(resolve("ner"), second);
}

TEST_F(Resolve, DownloadsOnceAndThenNeedsNoNetwork) {
  const fs::path path = resolve(kId);
  EXPECT_EQ(fs::file_size(path / "model.safetensors"), 200'000U);
  const size_t requests = server_.requests().size();
  EXPECT_EQ(resolve(kId), path);
  EXPECT_EQ(resolve(std::string(kId) + "@main"), path);
  EXPECT_EQ(resolve(std::string(kId) + "@" + path.filename().string()), path);
  EXPECT_EQ(server_.requests().size(), requests);
  config_.offline = true;
  EXPECT_EQ(resolve(kId), path);
}

TEST_F(Resolve, OfflineWithoutTheModel) {
  config_.offline = true;
  EXPECT_ERROR(resolve(kId), ErrorCode::not_found, "HF_HUB_OFFLINE");
  EXPECT_ERROR(pull(), ErrorCode::invalid_input, "HF_HUB_OFFLINE");
  EXPECT_TRUE(server_.requests().empty());
}

TEST_F(Resolve, RemovedFileIsFetchedAgain) {
  const fs::path path = resolve(kId);
  fs::remove(fs::canonical(path / "tokenizer.json"));
  EXPECT_EQ(resolve(kId), path);
  EXPECT_TRUE(fs::exists(path / "tokenizer.json"));
}

TEST_F(Resolve, BaseModelIsFoundUnderBothNames) {
  const fs::path setup = make_model(second_ / "all-MiniLM-L6-v2");
  EXPECT_EQ(resolve("all-MiniLM-L6-v2"), setup);
  EXPECT_EQ(resolve("sentence-transformers/all-MiniLM-L6-v2"), setup);
  EXPECT_TRUE(server_.requests().empty());
}

TEST_F(Resolve, BaseModelComesFromTheHubWithoutSetUp) {
  server_.set_model("sentence-transformers/all-MiniLM-L6-v2", test::small_model());
  const fs::path path = resolve("all-MiniLM-L6-v2");
  EXPECT_EQ(path.parent_path().parent_path().filename(),
            "models--sentence-transformers--all-MiniLM-L6-v2");
  make_model(first_ / "all-MiniLM-L6-v2");
  EXPECT_EQ(resolve("sentence-transformers/all-MiniLM-L6-v2"), path);  // the cache comes first
}

/// As transformers leaves a snapshot when it was asked for some files only.
class ForeignSnapshot : public Resolve {
 protected:
  void SetUp() override {
    Resolve::SetUp();
    pull();
    fs::remove_all(repo() / ".jetson-nlp");
    snapshot_ = fs::directory_iterator(repo() / "snapshots")->path();
  }

  fs::path snapshot_;
};

TEST_F(ForeignSnapshot, IsCompleted) {
  fs::remove(snapshot_ / "1_Pooling/config.json");
  EXPECT_EQ(resolve(kId), snapshot_);
  EXPECT_TRUE(fs::exists(snapshot_ / "1_Pooling/config.json"));
  EXPECT_TRUE(HubCache(config_.cache_dir).is_complete(kId, snapshot_.filename()));
}

TEST_F(ForeignSnapshot, IsUsedWhenThereIsNoNetwork) {
  config_.endpoint = "http://127.0.0.1:1";
  EXPECT_EQ(resolve(kId), snapshot_);
  config_.offline = true;
  EXPECT_EQ(resolve(kId), snapshot_);
}

TEST_F(ForeignSnapshot, IsNotUsedWithoutWeightsOrTokenizer) {
  config_.offline = true;
  fs::remove(snapshot_ / "model.safetensors");
  EXPECT_ERROR(resolve(kId), ErrorCode::not_found, "not wholly");
}

TEST_F(ForeignSnapshot, NeedsEveryShard) {
  fs::remove(snapshot_ / "model.safetensors");
  write_file(
      snapshot_ / "model.safetensors.index.json",
      R"({"weight_map": {"a": "model-1-of-2.safetensors", "b": "model-2-of-2.safetensors"}})");
  write_file(snapshot_ / "model-1-of-2.safetensors", "x");
  EXPECT_FALSE(looks_usable(snapshot_));
  write_file(snapshot_ / "model-2-of-2.safetensors", "x");
  EXPECT_TRUE(looks_usable(snapshot_));
  fs::remove(snapshot_ / "tokenizer.json");
  fs::remove(snapshot_ / "vocab.txt");
  EXPECT_FALSE(looks_usable(snapshot_));
}

TEST_F(ForeignSnapshot, DamagedRecordOrReferenceIsNoCrash) {
  fs::create_directories(repo() / ".jetson-nlp");
  for (const char* text :
       {"", "{", "[]", "{\"selection\": 1}", "{\"selection\": 1, \"files\": [7]}"}) {
    write_file(repo() / ".jetson-nlp" / (snapshot_.filename().string() + ".json"), text);
    EXPECT_EQ(resolve(kId), snapshot_) << text;
  }
  write_file(repo() / "refs/main", "../../../etc");
  EXPECT_EQ(resolve(kId), snapshot_);
  EXPECT_EQ(read_file(repo() / "refs/main"), snapshot_.filename());
}

}  // namespace
}  // namespace jnlp
