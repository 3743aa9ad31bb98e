#include "server/tei_errors.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "server/error_styles.h"
#include "server/tei_answer.h"

namespace jnlp {
namespace {

http::Response thrown(const std::exception_ptr& error) {
  return with_tei_errors([&]() -> http::Response { std::rethrow_exception(error); });
}

template <typename Problem>
int status_of_thrown(Problem problem) {
  try {
    return thrown(std::make_exception_ptr(problem)).status;
  } catch (const http::HttpError& error) {
    return error.status();
  }
}

TEST(TeiErrors, NamesTheFault) {
  const http::Response response =
      thrown(std::make_exception_ptr(TeiError(TeiFault::empty, "nothing came")));
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.body, R"({"error":"nothing came","error_type":"Empty"})");
}

TEST(TeiErrors, GivesTheStatusOfTextEmbeddingsInference) {
  EXPECT_EQ(status_of_thrown(http::HttpError(503, ErrorCode::overloaded, "full", 3)), 429);
  EXPECT_EQ(status_of_thrown(http::HttpError(501, ErrorCode::unsupported, "none")), 424);
  EXPECT_EQ(status_of_thrown(Error(ErrorCode::internal, "broken")), 424);
  EXPECT_EQ(status_of_thrown(Error(ErrorCode::deadline, "late")), 504);
  EXPECT_EQ(status_of_thrown(http::HttpError(422, ErrorCode::invalid_input, "long")), 422);
  EXPECT_EQ(status_of_thrown(TeiError(TeiFault::unhealthy, "loading")), 503);
}

TEST(TeiErrors, KeepsWhenToComeAgain) {
  try {
    thrown(std::make_exception_ptr(http::HttpError(503, ErrorCode::overloaded, "full", 3)));
    FAIL();
  } catch (const http::HttpError& error) {
    EXPECT_EQ(error.retry_after_s(), 3);
  }
}

TEST(TeiErrors, SaysWhyThereIsNoModel) {
  ModelSlot<int> slot("sentiment");
  try {
    tei_model(slot, "none");
    FAIL();
  } catch (const TeiError& error) {
    EXPECT_EQ(error.fault(), TeiFault::unhealthy);
  }
  slot.set_missing("not wanted");
  try {
    tei_model(slot, "none");
    FAIL();
  } catch (const TeiError& error) {
    EXPECT_EQ(error.fault(), TeiFault::backend);
    EXPECT_EQ(error.status(), 424);
  }
}

Json rendered(const std::string& path, const http::Failure& failure) {
  http::Request request;
  request.path = path;
  return parse_json(render_error(failure, request).body, "the answer");
}

TEST(ErrorStyles, FollowThePath) {
  const http::Failure full{503, ErrorCode::overloaded, "full"};
  EXPECT_EQ(rendered("/embed", full), (Json{{"error", "full"}, {"error_type", "Overloaded"}}));
  EXPECT_EQ(rendered("/v2/models/x/infer", full), (Json{{"error", "full"}}));
  EXPECT_EQ(rendered("/pipeline/any", full), (Json{{"error", "full"}}));
  for (const char* path : {"/sentiment", "/v20", "/embedding", "/"}) {
    EXPECT_EQ(rendered(path, full)["error"]["message"], "full") << path;
  }
  const http::Failure large{413, ErrorCode::invalid_input, "large"};
  EXPECT_EQ(rendered("/predict", large)["error_type"], "Validation");
  const http::Failure broken{500, ErrorCode::internal, "broken"};
  EXPECT_EQ(rendered("/predict", broken)["error_type"], "Backend");
}

TEST(TeiAnswer, HasFiguresOfComputingOnlyWhenItComputed) {
  TeiTimes times;
  http::Response cached = times.response(counted_body(12, "[1]"), 40);
  EXPECT_EQ(cached.body, "[1]");
  EXPECT_EQ(cached.headers.get("x-compute-tokens"), "12");
  EXPECT_EQ(cached.headers.get("x-compute-characters"), "40");
  EXPECT_EQ(cached.headers.count("x-total-time"), 1u);
  EXPECT_EQ(cached.headers.count("x-queue-time"), 0u);

  times.start_tokenizing();
  times.work()->entered = TeiTimes::Clock::now() + std::chrono::hours(1);
  times.work()->waited = std::chrono::milliseconds(7);
  times.work()->computed = std::chrono::microseconds(2900);
  const http::Response computed = times.response(counted_body(12, "[1]"), 40);
  EXPECT_EQ(computed.headers.get("x-queue-time"), "7");
  EXPECT_EQ(computed.headers.get("x-inference-time"), "2");
  EXPECT_EQ(computed.headers.get("x-tokenization-time").size(), 7u);  // an hour in milliseconds
}

}  // namespace
}  // namespace jnlp
