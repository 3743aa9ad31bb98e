#include "server/request_gate.h"

#include <gtest/gtest.h>

#include "http/error_status.h"

namespace jnlp {
namespace {

http::Request to(std::string path, const char* address = "10.0.0.7") {
  http::Request request;
  request.method = "POST";
  request.path = std::move(path);
  request.route = request.path == "/admin/models" ? "/admin/models"
                  : request.path == "/metrics"    ? "/metrics"
                                                  : "/sentiment";
  request.remote = address;
  return request;
}

http::Request with_key(const char* key) {
  http::Request request = to("/sentiment");
  request.headers.set("Authorization", std::string("Bearer ") + key);
  return request;
}

bool is_health(const http::Request& request) {
  return request.path == "/health";
}

// 0: let through.
int status_of(RequestGate& gate, const http::Request& request) {
  try {
    const auto refusal = gate.check(request);
    return refusal ? refusal->status : 0;
  } catch (const http::HttpError& error) {
    EXPECT_TRUE(error.status() != 429 || error.retry_after_s() >= 1);
    return error.status();
  }
}

TEST(RequestGate, AsksForKeysButWhereHealthIsSaid) {
  const KeyRing keys(ApiKeys({"0123456789abcdef"}));
  RequestGate gate(keys, 0, is_health);
  EXPECT_EQ(status_of(gate, to("/sentiment")), 401);
  EXPECT_EQ(status_of(gate, to("/metrics")), 401);
  EXPECT_EQ(status_of(gate, to("/admin/models")), 401);
  EXPECT_EQ(status_of(gate, to("/health")), 0);
  EXPECT_EQ(status_of(gate, with_key("0123456789abcdef")), 0);
}

TEST(RequestGate, AdminIsShutWhereThereAreNoKeys) {
  const KeyRing keys{ApiKeys()};
  RequestGate gate(keys, 0, is_health);
  EXPECT_EQ(status_of(gate, to("/sentiment")), 0);
  EXPECT_EQ(status_of(gate, to("/admin/models")), 403);
}

TEST(RequestGate, LimitsEachAddress) {
  const KeyRing keys{ApiKeys()};
  RequestGate gate(keys, 0.001, is_health);
  EXPECT_EQ(status_of(gate, to("/sentiment")), 0);
  EXPECT_EQ(status_of(gate, to("/sentiment")), 429);
  EXPECT_EQ(status_of(gate, to("/sentiment", "10.0.0.8")), 0);
  EXPECT_EQ(status_of(gate, to("/health")), 0);
  EXPECT_EQ(status_of(gate, to("/metrics")), 0);
  EXPECT_EQ(gate.rate_limited(), 1);
}

TEST(RequestGate, AnIpv6NetworkIsOneClient) {
  const KeyRing keys{ApiKeys()};
  RequestGate gate(keys, 0.001, is_health);
  EXPECT_EQ(status_of(gate, to("/sentiment", "2001:db8:1:2::1")), 0);
  EXPECT_EQ(status_of(gate, to("/sentiment", "2001:db8:1:2:3:4:5:6")), 429);
  EXPECT_EQ(status_of(gate, to("/sentiment", "2001:db8:1:3::1")), 0);
  EXPECT_EQ(status_of(gate, to("/sentiment", "::ffff:10.0.0.1")), 0);
  EXPECT_EQ(status_of(gate, to("/sentiment", "::ffff:10.0.0.2")), 0);
}

TEST(RequestGate, LimitsEachKeyWhereverItComesFrom) {
  const KeyRing keys(ApiKeys({"0123456789abcdef", "fedcba9876543210"}));
  RequestGate gate(keys, 2, is_health);
  http::Request elsewhere = with_key("0123456789abcdef");
  elsewhere.remote = "10.0.0.9";
  EXPECT_EQ(status_of(gate, with_key("0123456789abcdef")), 0);
  EXPECT_EQ(status_of(gate, elsewhere), 0);
  EXPECT_EQ(status_of(gate, with_key("fedcba9876543210")), 0);
  EXPECT_EQ(status_of(gate, to("/sentiment")), 401);
}

http::Request admin_with_key(const char* key) {
  http::Request request = to("/admin/models");
  request.headers.set("x-api-key", key);
  return request;
}

TEST(RequestGate, EveryKeyOpensAdminWhereItHasNoneOfItsOwn) {
  const KeyRing keys(ApiKeys({"0123456789abcdef"}));
  RequestGate gate(keys, 0, is_health);
  EXPECT_EQ(status_of(gate, admin_with_key("0123456789abcdef")), 0);
  EXPECT_EQ(status_of(gate, admin_with_key("fedcba9876543210")), 401);
}

TEST(RequestGate, OnlyItsOwnKeysOpenAdmin) {
  const KeyRing keys(ApiKeys({"0123456789abcdef"}));
  const KeyRing admin(ApiKeys({"fedcba9876543210"}));
  RequestGate gate(keys, 0, is_health, http::default_error_response, &admin);
  EXPECT_EQ(status_of(gate, admin_with_key("fedcba9876543210")), 0);
  EXPECT_EQ(status_of(gate, admin_with_key("0123456789abcdef")), 403);
  EXPECT_EQ(status_of(gate, admin_with_key("0123456789abcde")), 401);
  EXPECT_EQ(status_of(gate, to("/admin/models")), 401);
  EXPECT_EQ(status_of(gate, with_key("0123456789abcdef")), 0);
  EXPECT_EQ(status_of(gate, with_key("fedcba9876543210")), 0);
  EXPECT_EQ(status_of(gate, with_key("neither of the two")), 401);
  EXPECT_EQ(status_of(gate, to("/sentiment")), 401);
}

TEST(RequestGate, KeysForAdminAloneLeaveTheRestOpen) {
  const KeyRing none{ApiKeys()};
  const KeyRing admin(ApiKeys({"fedcba9876543210"}));
  RequestGate gate(none, 0, is_health, http::default_error_response, &admin);
  EXPECT_EQ(status_of(gate, to("/sentiment")), 0);
  EXPECT_EQ(status_of(gate, to("/admin/models")), 401);
  EXPECT_EQ(status_of(gate, admin_with_key("0123456789abcdef")), 401);
  EXPECT_EQ(status_of(gate, admin_with_key("fedcba9876543210")), 0);
}

}  // namespace
}  // namespace jnlp
