#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "hub/hub_server.h"
#include "hub/pull.h"
#include "support/expect_error.h"

namespace jnlp::test {

/// A hub and an empty cache for each test.
class HubTest : public testing::Test {
 protected:
  static constexpr const char* kId = "org/small";

  void SetUp() override {
    if (!server_.is_running()) GTEST_SKIP() << "python3, which runs the test's hub, is not there";
    for (const char* name : {"http_proxy", "HTTP_PROXY", "no_proxy", "NO_PROXY"}) ::unsetenv(name);
    config_ = fast_config(server_, dir_.path() / "hub");
    server_.set_model(kId, small_model());
  }

  PullResult pull(const std::string& name = kId, const PullOptions& options = {}) const {
    return pull_model(parse_model_name(name), config_, options);
  }

  std::filesystem::path repo() const { return config_.cache_dir / "models--org--small"; }

  /// The small model with one fault.
  void set_fault(const Json& fault, int64_t bytes = 200'000) const {
    Json scenario = small_model(bytes);
    scenario["faults"] = Json::array({fault});
    server_.set_model(kId, scenario);
  }

  TemporaryDir dir_;
  HubServer server_;
  HubConfig config_;
};

}  // namespace jnlp::test
