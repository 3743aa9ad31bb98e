// What the hub says no to, and answers that cannot be the hub's.
#include <gtest/gtest.h>

#include "base/file.h"
#include "hub/hub_fixture.h"

namespace jnlp {
namespace {

namespace fs = std::filesystem;
using test::HubTest;

class HubAnswer : public HubTest {
 protected:
  void set(const char* key, const Json& value) const {
    Json scenario = test::small_model();
    scenario[key] = value;
    server_.set_model(kId, scenario);
  }

  /// The tree listing has one more file with this path.
  void list_path(const std::string& path) const {
    set("raw_tree",
        {{{"type", "file"}, {"path", path}, {"size", 2}, {"oid", std::string(40, 'a')}}});
  }
};

TEST_F(HubAnswer, UnknownModelWithoutAToken) {
  EXPECT_ERROR(pull("org/none"), ErrorCode::not_found, "check the name");
  EXPECT_ERROR(pull("org/none"), ErrorCode::not_found, "HF_TOKEN");
}

TEST_F(HubAnswer, UnknownModelWithAToken) {
  config_.token = "hf_x";
  EXPECT_ERROR(pull("org/none"), ErrorCode::not_found, "no model 'org/none'");
}

TEST_F(HubAnswer, UnknownRevision) {
  EXPECT_ERROR(pull("org/small@v9"), ErrorCode::not_found, "no revision 'v9'");
}

TEST_F(HubAnswer, UnknownRevisionOfAServerThatSaysOnly404) {
  set("missing_code", "");
  EXPECT_ERROR(pull("org/small@v9"), ErrorCode::not_found, "no revision 'v9'");
}

TEST_F(HubAnswer, GatedModel) {
  Json scenario = test::small_model();
  scenario["gated"] = true;
  scenario["token"] = "hf_right";
  server_.set_model(kId, scenario);
  EXPECT_ERROR(pull(), ErrorCode::invalid_input, "accept its terms at " + config_.endpoint);
  config_.token = "hf_other";
  EXPECT_ERROR(pull(), ErrorCode::invalid_input, "accept its terms");
  config_.token = "hf_right";
  EXPECT_NO_THROW(pull());
}

TEST_F(HubAnswer, RefusedToken) {
  set("token", "hf_right");
  config_.token = "hf_wrong";
  EXPECT_ERROR(pull(), ErrorCode::invalid_input, "check HF_TOKEN");
}

TEST_F(HubAnswer, ErrorsNeverShowTheToken) {
  set("token", "hf_right");
  config_.token = "hf_wrong";
  const auto error = test::error_of([&] { pull(); });
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(std::string(error->what()).find("hf_wrong"), std::string::npos);
}

TEST_F(HubAnswer, Forbidden) {
  set_fault({{"at", "info"}, {"do", "status"}, {"status", 403}});
  EXPECT_ERROR(pull(), ErrorCode::invalid_input, "refuses access");
}

TEST_F(HubAnswer, LoginPageInsteadOfTheHub) {
  set_fault({{"at", "info"}, {"do", "html"}});
  EXPECT_ERROR(pull(), ErrorCode::io, "not JSON");
}

TEST_F(HubAnswer, LoginPageInsteadOfAFile) {
  set_fault({{"at", "file"}, {"path", "config.json"}, {"do", "html"}});
  EXPECT_ERROR(pull(), ErrorCode::io, "config.json");
}

TEST_F(HubAnswer, NoCommit) {
  for (const Json& info : {Json(Json::object()), Json(Json::array()), Json("x"), Json{{"sha", 7}},
                           Json{{"sha", "../../etc"}}, Json{{"sha", "main"}}}) {
    set("raw_info", info);
    EXPECT_ERROR(pull(), ErrorCode::io, "names no commit");
  }
}

TEST_F(HubAnswer, PathsThatLeaveTheFolder) {
  for (const char* path :
       {"../evil.model", "/tmp/evil.model", "a/../../evil.model", "", "a//b", "..", "./x.model"}) {
    list_path(path);
    EXPECT_ERROR(pull(), ErrorCode::io, "unsafe path");
  }
  EXPECT_FALSE(fs::exists(config_.cache_dir));
}

TEST_F(HubAnswer, UnsafePathsWithoutTreeListing) {
  Json scenario = test::small_model();
  scenario["no_tree"] = true;
  scenario["raw_info"] = {{"sha", std::string(40, 'a')},
                          {"siblings", {{{"rfilename", "../../evil.model"}}}}};
  server_.set_model(kId, scenario);
  EXPECT_ERROR(pull(), ErrorCode::io, "unsafe path");
}

TEST_F(HubAnswer, ListsThatMakeNoSense) {
  for (const Json& tree :
       {Json(Json::object()), Json("x"),
        Json{{{"type", "file"},
              {"path", "config.json"},
              {"size", -1},
              {"oid", std::string(40, 'a')}}},
        Json{{{"type", "file"}, {"path", "config.json"}, {"size", 2}, {"oid", "../../x"}}},
        Json{{{"type", "file"},
              {"path", "config.json"},
              {"size", 1e300},
              {"oid", std::string(40, 'a')}}},
        Json{{{"type", "file"},
              {"path", "config.json"},
              {"size", int64_t{1} << 62},
              {"oid", std::string(40, 'a')}}},
        Json{{{"type", "file"},
              {"path", "config.json"},
              {"size", 2},
              {"oid", std::string(40, 'a')},
              {"lfs", {{"oid", 7}, {"size", "many"}}}}}}) {
    set("raw_tree", tree);
    EXPECT_ERROR(pull(), ErrorCode::io, "HF_ENDPOINT");
  }
}

TEST_F(HubAnswer, EmptyRepository) {
  set("raw_tree", Json::array());
  EXPECT_ERROR(pull(), ErrorCode::not_found, "no model.safetensors");
}

TEST_F(HubAnswer, NextPageOutsideOfHttp) {
  set_fault({{"at", "tree"},
             {"do", "status"},
             {"status", 200},
             {"headers", {{"Link", "<file:///etc/passwd>; rel=\"next\""}}},
             {"body", "[]"}});
  EXPECT_ERROR(pull(), ErrorCode::io, "leads elsewhere");
}

TEST_F(HubAnswer, NextPageWithoutEnd) {
  set_fault({{"at", "tree"},
             {"do", "status"},
             {"status", 200},
             {"headers", {{"Link", "</api/models/org/small/tree/main>; rel=\"next\""}}},
             {"body", "[]"}});
  EXPECT_ERROR(pull(), ErrorCode::io, "without an end");
}

}  // namespace
}  // namespace jnlp
