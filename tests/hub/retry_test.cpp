#include "hub/retry.h"

#include <gtest/gtest.h>

namespace jnlp {
namespace {

HttpResult status(int code) {
  HttpResult result;
  result.status = code;
  return result;
}

HttpResult fault(HttpFault value) {
  HttpResult result;
  result.fault = value;
  return result;
}

NetworkLimits quick() {
  NetworkLimits limits;
  limits.backoff_ms = 1;
  limits.max_backoff_ms = 1;
  return limits;
}

int attempts_with(const NetworkLimits& limits, const HttpResult& answer) {
  int attempts = 0;
  perform_with_retries(limits, {}, [&] {
    ++attempts;
    return answer;
  });
  return attempts;
}

TEST(Retry, PauseDoublesUpToItsLimitAndJitterHalvesItAtMost) {
  NetworkLimits limits;
  limits.backoff_ms = 1'000;
  limits.max_backoff_ms = 30'000;
  EXPECT_EQ(backoff_ms(limits, 1, 0.0), 1'000);
  EXPECT_EQ(backoff_ms(limits, 2, 0.0), 2'000);
  EXPECT_EQ(backoff_ms(limits, 5, 0.0), 16'000);
  EXPECT_EQ(backoff_ms(limits, 6, 0.0), 30'000);
  EXPECT_EQ(backoff_ms(limits, 1'000'000, 0.0), 30'000);
  EXPECT_GE(backoff_ms(limits, 2, 0.999), 1'000);
  EXPECT_LT(backoff_ms(limits, 2, 0.5), 2'000);
}

TEST(Retry, OnlyWhatMayPassIsTriedAgain) {
  for (const int code : {408, 429, 500, 502, 503, 504}) EXPECT_TRUE(is_transient(status(code)));
  for (const int code : {200, 301, 400, 401, 403, 404, 410, 416, 501}) {
    EXPECT_FALSE(is_transient(status(code))) << code;
  }
  EXPECT_TRUE(is_transient(fault(HttpFault::cut)));
  EXPECT_TRUE(is_transient(fault(HttpFault::timeout)));
  EXPECT_FALSE(is_transient(fault(HttpFault::bad_certificate)));
  EXPECT_FALSE(is_transient(fault(HttpFault::refused_redirect)));
}

TEST(Retry, AttemptsAreCounted) {
  EXPECT_EQ(attempts_with(quick(), status(200)), 1);
  EXPECT_EQ(attempts_with(quick(), status(404)), 1);
  EXPECT_EQ(attempts_with(quick(), status(500)), quick().max_attempts);
  EXPECT_EQ(attempts_with(quick(), fault(HttpFault::no_connection)), quick().max_connect_attempts);
}

TEST(Retry, TooLongAPauseIsNotWaitedFor) {
  HttpResult busy = status(429);
  busy.retry_after_s = quick().max_retry_after_s + 1;
  EXPECT_EQ(attempts_with(quick(), busy), 1);
}

TEST(Retry, ProgressStartsTheCountAgain) {
  Retrier retrier(quick());
  for (int i = 0; i < 20; ++i) {
    retrier.progress_made();
    EXPECT_TRUE(retrier.wait_before_retry(fault(HttpFault::cut)));
  }
}

TEST(Retry, TheWaitIsAnnounced) {
  std::string said;
  Retrier retrier(quick(), [&](const std::string& text) { said = text; });
  retrier.wait_before_retry(status(503));
  EXPECT_NE(said.find("503"), std::string::npos);
}

}  // namespace
}  // namespace jnlp
