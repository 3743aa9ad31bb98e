#include "hub/pull.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <thread>

#include "base/file.h"
#include "hub/checksum.h"
#include "hub/hub.h"
#include "hub/hub_cache.h"
#include "hub/hub_fixture.h"

namespace jnlp {
namespace {

namespace fs = std::filesystem;
using test::HubTest;
using Names = std::vector<std::string>;

const Names kRuntimeFiles = {"1_Pooling/config.json", "config.json", "model.safetensors",
                             "tokenizer.json", "vocab.txt"};

TEST_F(HubTest, BringsOnlyWhatARuntimeNeeds) {
  const PullResult result = pull();
  EXPECT_EQ(test::files_below(result.path), kRuntimeFiles);
  EXPECT_EQ(read_file(result.path / "config.json"), "{\"model_type\": \"bert\"}");
  EXPECT_EQ(fs::file_size(result.path / "model.safetensors"), 200'000U);
  EXPECT_EQ(fs::file_size(result.path / "vocab.txt"), 0U);
  EXPECT_EQ(result.bytes, result.bytes_downloaded);
  EXPECT_TRUE(server_.requests("", "pytorch_model.bin").empty());
}

TEST_F(HubTest, LayoutIsThatOfHuggingfaceHub) {
  const PullResult result = pull();
  EXPECT_EQ(result.path, repo() / "snapshots" / result.commit);
  EXPECT_EQ(read_file(repo() / "refs/main"), result.commit);
  const fs::path link = result.path / "1_Pooling/config.json";
  ASSERT_TRUE(fs::is_symlink(link));
  EXPECT_EQ(fs::read_symlink(link).parent_path(), "../../../blobs");
  EXPECT_EQ(fs::read_symlink(result.path / "config.json").parent_path(), "../../blobs");
  for (const std::string& name : test::files_below(repo() / "blobs")) {
    const std::string bytes = read_file(repo() / "blobs" / name);
    Checksum checksum(name, static_cast<int64_t>(bytes.size()));
    checksum.update(bytes);
    EXPECT_EQ(checksum.finish(), name);
    EXPECT_TRUE(fs::exists(config_.cache_dir / ".locks/models--org--small" / (name + ".lock")));
  }
  EXPECT_EQ(test::files_below(repo() / "blobs").size(), 5U);
}

TEST_F(HubTest, SecondPullAsksButDownloadsNothing) {
  pull();
  const size_t files = server_.requests("file").size();
  const PullResult again = pull();
  EXPECT_EQ(again.bytes_downloaded, 0);
  EXPECT_EQ(again.bytes, 200'000 + 22 + 18 + 34);
  EXPECT_EQ(server_.requests("file").size(), files);
}

TEST_F(HubTest, ForceFetchesAgain) {
  pull();
  const PullResult again = pull(kId, {true});
  EXPECT_EQ(again.bytes_downloaded, again.bytes);
  EXPECT_EQ(server_.requests("storage").size(), 2U);
  EXPECT_EQ(test::files_below(again.path), kRuntimeFiles);
}

TEST_F(HubTest, DamagedBlobIsFetchedAgain) {
  const PullResult first = pull();
  fs::resize_file(first.path / "model.safetensors", 100);
  EXPECT_EQ(pull().bytes_downloaded, 200'000);
  EXPECT_EQ(fs::file_size(first.path / "model.safetensors"), 200'000U);
}

TEST_F(HubTest, NewCommitSharesWhatDidNotChange) {
  const PullResult first = pull();
  Json scenario = test::small_model();
  scenario["files"]["config.json"]["text"] = "{\"model_type\": \"roberta\"}";
  server_.set_model(kId, scenario);
  const PullResult second = pull();
  EXPECT_NE(second.commit, first.commit);
  EXPECT_EQ(second.bytes_downloaded, 25);
  EXPECT_EQ(read_file(repo() / "refs/main"), second.commit);
  EXPECT_TRUE(fs::exists(first.path / "model.safetensors"));
}

TEST_F(HubTest, BrokenUpdateLeavesTheOldSnapshotInUse) {
  const PullResult first = pull();
  Json scenario = test::small_model();
  scenario["files"]["model.safetensors"]["seed"] = 8;
  scenario["faults"] = {{{"at", "storage"}, {"do", "status"}, {"status", 403}}};
  server_.set_model(kId, scenario);
  EXPECT_THROW(pull(), Error);
  EXPECT_EQ(resolve_model(kId, config_), first.path);
  EXPECT_EQ(test::files_below(first.path), kRuntimeFiles);
}

TEST_F(HubTest, RevisionsByTagBranchAndCommit) {
  const std::string commit(40, 'c');
  Json scenario = test::small_model();
  scenario["revisions"] = {{"v1.0", commit}, {"refs/pr/1", commit}};
  server_.set_model(kId, scenario);
  EXPECT_EQ(pull("org/small@v1.0").commit, commit);
  EXPECT_EQ(read_file(repo() / "refs/v1.0"), commit);
  EXPECT_EQ(pull("org/small@refs/pr/1").commit, commit);
  EXPECT_EQ(read_file(repo() / "refs/refs/pr/1"), commit);
  EXPECT_EQ(pull("org/small@" + commit).commit, commit);
  EXPECT_FALSE(fs::exists(repo() / "refs/main"));
  EXPECT_FALSE(fs::exists(repo() / "refs" / commit));
}

TEST_F(HubTest, ListInPages) {
  Json scenario = test::small_model();
  scenario["page_size"] = 2;
  server_.set_model(kId, scenario);
  EXPECT_EQ(test::files_below(pull().path), kRuntimeFiles);
  EXPECT_EQ(server_.requests("tree").size(), 5U);
}

TEST_F(HubTest, ServerWithoutTreeListing) {
  Json scenario = test::small_model();
  scenario["no_tree"] = true;
  server_.set_model(kId, scenario);
  EXPECT_EQ(test::files_below(pull().path), kRuntimeFiles);
  EXPECT_EQ(server_.requests("file", "model.safetensors").at(0).at("method"), "HEAD");
}

TEST_F(HubTest, NameWithoutOwnerIsRedirected) {
  server_.set_model("google-bert/bert-base-uncased", test::small_model());
  server_.set_model("bert-base-uncased",
                    {{"files", Json::object()}, {"moved_to", "google-bert/bert-base-uncased"}});
  config_.token = "hf_secret";
  const PullResult result = pull("bert-base-uncased");
  EXPECT_EQ(test::files_below(result.path), kRuntimeFiles);
  EXPECT_TRUE(fs::exists(config_.cache_dir / "models--bert-base-uncased/refs/main"));
  for (const Json& request : server_.requests("file")) {
    EXPECT_EQ(request.at("token"), "Bearer hf_secret");  // it is the same host
  }
}

TEST_F(HubTest, TokenGoesToTheHubAndNowhereElse) {
  Json scenario = test::small_model();
  scenario["token"] = "hf_secret";
  server_.set_model(kId, scenario);
  config_.token = "hf_secret";
  pull();
  const auto stored = server_.requests("storage");
  ASSERT_EQ(stored.size(), 1U);
  EXPECT_EQ(stored[0].at("token"), "");
  EXPECT_EQ(server_.requests("info").at(0).at("token"), "Bearer hf_secret");
  EXPECT_EQ(server_.requests("file", "model.safetensors").at(0).at("token"), "Bearer hf_secret");
}

TEST_F(HubTest, TokenDoesNotFollowAnApiRedirectToAnotherOrigin) {
  config_.token = "hf_secret";
  set_fault({{"at", "info"}, {"do", "redirect"}, {"to", "{storage}/elsewhere/x"}});
  EXPECT_THROW(pull(), Error);
  const auto stored = server_.requests("storage");
  ASSERT_EQ(stored.size(), 1U);
  EXPECT_EQ(stored[0].at("token"), "");
}

TEST_F(HubTest, OneGgufFile) {
  server_.set_model("org/llm", {{"files",
                                 {{"config.json", {{"text", "{}"}}},
                                  {"a-q4.gguf", {{"random", 1000}, {"lfs", true}}},
                                  {"a-q8.gguf", {{"random", 2000}, {"lfs", true}}}}}});
  EXPECT_ERROR(pull("org/llm"), ErrorCode::unsupported, "org/llm:a-q4.gguf");
  const PullResult result = pull("org/llm:a-q8.gguf");
  EXPECT_EQ(result.path.filename(), "a-q8.gguf");
  EXPECT_EQ(fs::file_size(result.path), 2000U);
  config_.offline = true;
  EXPECT_EQ(resolve_model("org/llm:a-q8.gguf", config_), result.path);
  EXPECT_ERROR(resolve_model("org/llm:a-q4.gguf", config_), ErrorCode::not_found, "OFFLINE");
}

TEST_F(HubTest, PickleOnlyIsRefusedBeforeAnythingIsFetched) {
  server_.set_model("org/old", {{"files",
                                 {{"config.json", {{"text", "{}"}}},
                                  {"pytorch_model.bin", {{"random", 1000}, {"lfs", true}}}}}});
  EXPECT_ERROR(pull("org/old"), ErrorCode::unsupported, "pickle");
  EXPECT_TRUE(server_.requests("file").empty());
  EXPECT_FALSE(fs::exists(config_.cache_dir));
}

TEST_F(HubTest, FileSystemWithoutSymbolicLinks) {
  config_.use_symlinks = false;
  Json scenario = test::small_model();
  scenario["files"]["tokenizer.json"]["text"] = scenario["files"]["config.json"]["text"];
  server_.set_model(kId, scenario);
  const PullResult result = pull();
  EXPECT_EQ(test::files_below(result.path), kRuntimeFiles);
  EXPECT_FALSE(fs::is_symlink(result.path / "model.safetensors"));
  EXPECT_EQ(pull().bytes_downloaded, 0);
  EXPECT_EQ(resolve_model(kId, config_), result.path);
}

TEST_F(HubTest, TwoPullsAtOnceDownloadEachFileOnce) {
  set_fault({{"at", "storage"}, {"do", "slow"}, {"step", 20'000}, {"pause", 0.03}});
  PullResult results[2];
  std::thread other([&] { results[0] = pull(); });
  results[1] = pull();
  other.join();
  EXPECT_EQ(results[0].path, results[1].path);
  EXPECT_EQ(results[0].bytes_downloaded + results[1].bytes_downloaded, results[0].bytes);
  EXPECT_EQ(server_.requests("storage").size(), 1U);
  EXPECT_EQ(test::files_below(results[0].path), kRuntimeFiles);
}

TEST_F(HubTest, ProxyFromTheEnvironment) {
  ::setenv("HTTP_PROXY", server_.url("proxy").c_str(), 1);
  config_.endpoint = "http://hub.invalid";  // a name that only the proxy knows
  EXPECT_EQ(test::files_below(pull().path), kRuntimeFiles);
  EXPECT_GE(server_.requests("proxy").size(), 7U);
}

TEST_F(HubTest, NoProxyIsHonoured) {
  ::setenv("http_proxy", "http://127.0.0.1:1", 1);
  ::setenv("NO_PROXY", "127.0.0.1", 1);
  EXPECT_EQ(test::files_below(pull().path), kRuntimeFiles);
}

TEST_F(HubTest, CacheListing) {
  EXPECT_TRUE(HubCache(config_.cache_dir).list().empty());
  pull();
  write_file(repo() / "blobs/0123.incomplete", "part");
  const std::vector<CachedModel> models = HubCache(config_.cache_dir).list();
  ASSERT_EQ(models.size(), 1U);
  EXPECT_EQ(models[0].id, kId);
  EXPECT_EQ(models[0].revisions, Names{"main"});
  EXPECT_EQ(models[0].bytes, 200'000 + 22 + 18 + 34);
  EXPECT_EQ(models[0].partial_bytes, 4);
}

}  // namespace
}  // namespace jnlp
