#include "http/server_fixture.h"

#include <stdexcept>

#include "http/error_status.h"

namespace jnlp::test {
namespace {

using http::Request;
using http::Response;

Response throw_kind(const Request& request) {
  const std::string kind(request.param("kind"));
  if (kind == "invalid") throw Error(ErrorCode::invalid_input, "bad text");
  if (kind == "422") throw http::HttpError(422, ErrorCode::invalid_input, "bad field");
  if (kind == "429") throw http::HttpError(429, ErrorCode::overloaded, "slower", 7);
  if (kind == "not_found") throw Error(ErrorCode::not_found, "no such model");
  if (kind == "overloaded") throw Error(ErrorCode::overloaded, "full");
  if (kind == "deadline") throw Error(ErrorCode::deadline, "late");
  if (kind == "unsupported") throw Error(ErrorCode::unsupported, "cannot");
  if (kind == "io") throw Error(ErrorCode::io, "secret /etc/path");
  if (kind == "internal") throw Error(ErrorCode::internal, "secret invariant");
  if (kind == "std") throw std::logic_error("secret logic");
  throw 42;
}

}  // namespace

void ServerTest::add_routes() {
  router.add_quick("GET", "/quick", [](const Request&) { return Response::text("quick"); });
  router.add("GET", "/hello", [](const Request&) { return Response::text("hello"); });
  router.add("POST", "/echo", [](const Request& request) {
    return Response::of_type(request.header("content-type"), request.body);
  });
  router.add("GET", "/v2/models/{name}", [](const Request& request) {
    return Response::text(std::string(request.param("name")));
  });
  router.add("GET", "/gate", [this](const Request&) {
    gate.pass();
    return Response::text("passed");
  });
  router.add("GET", "/error/{kind}", throw_kind);
}

}  // namespace jnlp::test
