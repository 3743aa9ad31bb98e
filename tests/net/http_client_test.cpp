#include "net/http_client.h"

#include <gtest/gtest.h>

namespace jnlp {
namespace {

TEST(HttpClient, OriginIsSchemeHostAndPort) {
  EXPECT_TRUE(is_same_origin("https://hub.example/a", "https://HUB.example:443/b?c"));
  EXPECT_TRUE(is_same_origin("http://127.0.0.1:80/a", "http://127.0.0.1/"));
  EXPECT_FALSE(is_same_origin("https://hub.example/", "https://hub.example:8443/"));
  EXPECT_FALSE(is_same_origin("https://hub.example/", "http://hub.example/"));
  EXPECT_FALSE(is_same_origin("https://hub.example/", "https://hub.example.evil.org/"));
  EXPECT_FALSE(is_same_origin("https://hub.example/", "https://hub.example@evil.org/"));
  EXPECT_FALSE(is_same_origin("https://hub.example/", "https://cdn.hub.example/"));
  EXPECT_FALSE(is_same_origin("", ""));
}

TEST(HttpClient, RedirectsNeverLeaveHttpOrGoDownToIt) {
  EXPECT_TRUE(is_redirect_allowed("http://a/", "http://b/"));
  EXPECT_TRUE(is_redirect_allowed("http://a/", "https://b/"));
  EXPECT_TRUE(is_redirect_allowed("https://a/", "https://b/"));
  EXPECT_FALSE(is_redirect_allowed("https://a/", "http://b/"));
  EXPECT_FALSE(is_redirect_allowed("https://a/", "file:///etc/passwd"));
  EXPECT_FALSE(is_redirect_allowed("http://a/", "ftp://b/"));
  EXPECT_FALSE(is_redirect_allowed("http://a/", "gopher://b/"));
}

TEST(HttpClient, AuthorityIsHostAndPort) {
  const auto of = [](const char* url) {
    const auto authority = authority_of(url);
    return authority ? authority->host + " " + std::to_string(authority->port) : "none";
  };
  EXPECT_EQ(of("http://LocalHost:11434/api"), "localhost 11434");
  EXPECT_EQ(of("https://a.example/v1"), "a.example 443");
  EXPECT_EQ(of("http://[::1]:8000"), "::1 8000");
  EXPECT_EQ(of("http://user@127.0.0.1/"), "127.0.0.1 80");
  EXPECT_EQ(of("localhost:80"), "none");
  EXPECT_EQ(of(""), "none");
}

TEST(HttpClient, QuotesForUrls) {
  EXPECT_EQ(quote_url("refs/pr/1", false), "refs%2Fpr%2F1");
  EXPECT_EQ(quote_url("a b/\xC3\xA4?#.bin", true), "a%20b/%C3%A4%3F%23.bin");
}

TEST(HttpClient, NothingListensThere) {
  HttpClient client(HttpLimits{}, "");
  HttpRequest request;
  request.url = "http://127.0.0.1:1/";
  const HttpResult result = client.perform(request);
  EXPECT_EQ(result.fault, HttpFault::no_connection);
  EXPECT_FALSE(result.detail.empty());
}

}  // namespace
}  // namespace jnlp
