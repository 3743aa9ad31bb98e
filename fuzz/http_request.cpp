// HTTP/1 requests from their bytes: however the bytes are cut into pieces, the same requests come
// out, and written anew in the plainest way they mean the same.
#include <string>
#include <utility>
#include <vector>

#include "http/content_coding.h"
#include "http/request_parser.h"
#include "http/target.h"
#include "server/api_keys.h"
#include "target.h"

namespace {

using namespace jnlp;
using http::Request;
using http::RequestParser;

constexpr RequestParser::Limits kLimits = {.header_bytes = 1024, .body_bytes = 2048};
// What is written anew is a little longer.
constexpr RequestParser::Limits kMoreRoom = {.header_bytes = 8192, .body_bytes = 2048};

struct Reading {
  std::vector<Request> requests;  // that came whole
  std::string outline;            // of all events, to compare
};

void check_head(const Request& request) {
  constexpr size_t kMostFields = 128;
  JNLP_HOLDS(request.headers.size() <= kMostFields);
  JNLP_HOLDS(!request.method.empty() && !request.target.empty());
  for (const http::Headers::Field& field : request.headers) {
    JNLP_HOLDS(!field.name.empty());
    JNLP_HOLDS(field.value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos);
  }
  fuzz::accepts([&] { http::parse_target(request.target); });
  http::accepts_gzip(request.header("accept-encoding"));
  ApiKeys::given(request);
}

Reading read(std::string_view bytes, size_t piece, const RequestParser::Limits& limits) {
  RequestParser parser(limits);
  Reading reading;
  Request request;
  while (!bytes.empty()) {
    std::string_view part = bytes.substr(0, piece);
    bytes.remove_prefix(part.size());
    while (true) {
      const RequestParser::Event event = parser.feed(&part, &request);
      if (event == RequestParser::Event::need_more) break;
      if (event == RequestParser::Event::fault) {
        const int status = parser.fault().status;
        JNLP_HOLDS(status >= 400 && status < 600 && !parser.fault().message.empty());
        reading.outline += "fault " + std::to_string(status) + parser.fault().message;
        return reading;
      }
      if (event == RequestParser::Event::head) {
        check_head(request);
        reading.outline += "head " + request.method + " " + request.target + "\n";
        continue;
      }
      JNLP_HOLDS(request.body.size() == parser.body_bytes());
      JNLP_HOLDS(request.body.size() <= limits.body_bytes);
      reading.outline += "body " + request.body + "\n";
      reading.requests.push_back(std::exchange(request, {}));
      parser.reset();
    }
    JNLP_HOLDS(part.empty());
  }
  return reading;
}

// The body's framing is ours, so that a part of the body that another reader could take for the
// next request shows.
std::string write_anew(const Request& request) {
  std::string text = request.method + " " + request.target + " HTTP/1." +
                     std::to_string(request.minor_version) + "\r\n";
  for (const http::Headers::Field& field : request.headers) {
    if (http::equals_ignoring_case(field.name, "content-length") ||
        http::equals_ignoring_case(field.name, "transfer-encoding")) {
      continue;
    }
    text += field.name + ": " + field.value + "\r\n";
  }
  if (!request.body.empty()) {
    text += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  }
  return text + "\r\n" + request.body;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes = fuzz::as_text(data, size);
  const Reading whole = read(bytes, bytes.size(), kLimits);
  for (const size_t piece : {1, 7, 64}) {
    JNLP_HOLDS(read(bytes, piece, kLimits).outline == whole.outline);
  }
  for (const Request& request : whole.requests) {
    const Reading again = read(write_anew(request), SIZE_MAX, kMoreRoom);
    JNLP_HOLDS(again.requests.size() == 1);
    JNLP_HOLDS(again.requests[0].method == request.method);
    JNLP_HOLDS(again.requests[0].target == request.target);
    JNLP_HOLDS(again.requests[0].body == request.body);
  }
  return 0;
}
