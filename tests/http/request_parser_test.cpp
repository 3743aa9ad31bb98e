#include "http/request_parser.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace jnlp::http {
namespace {

using Event = RequestParser::Event;

struct Parsed {
  std::vector<Request> requests;
  ParseFault fault{0, ""};
  std::string rest;  // of an unfinished request
};

// Reads all requests of `bytes`, given in pieces that `next_size` decides.
template <class NextSize>
Parsed parse(std::string_view bytes, NextSize next_size) {
  constexpr RequestParser::Limits kLimits{2000, 5000};
  RequestParser parser(kLimits);
  Parsed out;
  Request request;
  while (!bytes.empty()) {
    std::string_view piece = bytes.substr(0, next_size());
    bytes.remove_prefix(piece.size());
    while (true) {
      const Event event = parser.feed(&piece, &request);
      if (event == Event::need_more) break;
      if (event == Event::fault) {
        out.fault = parser.fault();
        return out;
      }
      if (event != Event::done) continue;
      out.requests.push_back(std::exchange(request, Request()));
      parser.reset();
      if (piece.empty()) break;
    }
  }
  if (parser.has_begun()) out.rest = "unfinished";
  return out;
}

Parsed parse_whole(std::string_view bytes) {
  return parse(bytes, [] { return std::string::npos; });
}

const char* const kGood[] = {
    "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "\r\n\r\nGET /a?b HTTP/1.0\r\n\r\n",
    "POST /a HTTP/1.1\r\nhost:x\r\nContent-Length: 5\r\n\r\nhello",
    "POST /a HTTP/1.1\r\nHost: \t x \r\nX-Empty:\r\nContent-Length: 0\r\n\r\n",
    "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n"
    "5\r\nhello\r\nA;name=\"v\"\r\n0123456789\r\n00\r\nX-Trailer: 1\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
};

TEST(RequestParser, ReadsAHead) {
  const Parsed parsed =
      parse_whole("PATCH /a%20b?c HTTP/1.1\r\nHost: h\r\nX-One:  a b \t\r\nx-one: 2\r\n\r\n");
  ASSERT_EQ(parsed.requests.size(), 1U) << parsed.fault.message;
  const Request& request = parsed.requests[0];
  EXPECT_EQ(request.method, "PATCH");
  EXPECT_EQ(request.target, "/a%20b?c");
  EXPECT_EQ(request.minor_version, 1);
  EXPECT_EQ(request.header("X-ONE"), "a b");
  EXPECT_EQ(request.headers.count("x-one"), 2U);
}

TEST(RequestParser, ReadsBodies) {
  EXPECT_EQ(parse_whole(kGood[2]).requests.at(0).body, "hello");
  const Parsed chunked = parse_whole(kGood[4]);
  ASSERT_EQ(chunked.requests.size(), 1U) << chunked.fault.message;
  EXPECT_EQ(chunked.requests[0].body, "hello0123456789");
  EXPECT_EQ(chunked.requests[0].headers.count("x-trailer"), 0U);  // trailers are not trusted
}

TEST(RequestParser, PiecesMakeNoDifference) {
  std::string all;
  for (const char* good : kGood) all += good;
  const Parsed whole = parse_whole(all);
  ASSERT_EQ(whole.requests.size(), 7U) << whole.fault.message;
  std::mt19937 random(1);
  for (int round = 0; round < 300; ++round) {
    const size_t most = 1 + static_cast<size_t>(round) % 40;
    const Parsed pieces = parse(all, [&] { return 1 + random() % most; });
    ASSERT_EQ(pieces.requests.size(), whole.requests.size()) << pieces.fault.message;
    for (size_t i = 0; i < whole.requests.size(); ++i) {
      EXPECT_EQ(pieces.requests[i].target, whole.requests[i].target);
      EXPECT_EQ(pieces.requests[i].body, whole.requests[i].body);
      EXPECT_EQ(pieces.requests[i].headers.size(), whole.requests[i].headers.size());
    }
  }
}

// Bytes that were changed at random: whatever they mean, they mean it in pieces too.
TEST(RequestParser, DamagedBytesAreReadAlikeInPieces) {
  std::mt19937 random(2);
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = kGood[random() % std::size(kGood)];
    bytes += kGood[random() % std::size(kGood)];
    for (unsigned changes = 1 + random() % 3; changes > 0; --changes) {
      static constexpr std::string_view kLikely("\r\n :;0aF\t,%\0\xff/", 14);
      const size_t at = random() % bytes.size();
      if (random() % 4 == 0) {
        bytes.erase(at, 1);
      } else {
        bytes[at] = kLikely[random() % kLikely.size()];
      }
    }
    const Parsed whole = parse_whole(bytes);
    const Parsed pieces = parse(bytes, [&] { return 1 + random() % 7; });
    ASSERT_EQ(whole.fault.status, pieces.fault.status) << bytes;
    ASSERT_EQ(whole.requests.size(), pieces.requests.size()) << bytes;
    for (size_t i = 0; i < whole.requests.size(); ++i) {
      ASSERT_EQ(whole.requests[i].body, pieces.requests[i].body) << bytes;
    }
  }
}

TEST(RequestParser, KeepAlive) {
  const auto keeps = [](const std::string& version, const std::string& headers) {
    RequestParser parser({});
    Request request;
    const std::string bytes = "GET / HTTP/" + version + "\r\nHost: x\r\n" + headers + "\r\n";
    std::string_view view = bytes;
    EXPECT_EQ(parser.feed(&view, &request), Event::head) << parser.fault().message;
    return parser.wants_keep_alive();
  };
  EXPECT_TRUE(keeps("1.1", ""));
  EXPECT_FALSE(keeps("1.1", "Connection: Close\r\n"));
  EXPECT_FALSE(keeps("1.1", "Connection: x, close\r\nConnection: keep-alive\r\n"));
  EXPECT_FALSE(keeps("1.0", ""));
  EXPECT_TRUE(keeps("1.0", "Connection: keep-alive\r\n"));
}

TEST(RequestParser, DroppedBodyIsStillCounted) {
  RequestParser parser({});
  Request request;
  std::string_view bytes = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhelloGET";
  ASSERT_EQ(parser.feed(&bytes, &request), Event::head);
  parser.keep_body(false);
  ASSERT_EQ(parser.feed(&bytes, &request), Event::done);
  EXPECT_EQ(request.body, "");
  EXPECT_EQ(parser.body_bytes(), 5U);
  EXPECT_EQ(bytes, "GET");
}

}  // namespace
}  // namespace jnlp::http
