#include "hub/http_client.h"

#include <gtest/gtest.h>

#include "hub/hub_api.h"

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

TEST(HttpClient, QuotesForUrls) {
  EXPECT_EQ(quote_url("refs/pr/1", false), "refs%2Fpr%2F1");
  EXPECT_EQ(quote_url("a b/\xC3\xA4?#.bin", true), "a%20b/%C3%A4%3F%23.bin");
}

TEST(HttpClient, NothingListensThere) {
  HttpClient client(NetworkLimits{}, "");
  HttpRequest request;
  request.url = "http://127.0.0.1:1/";
  const HttpResult result = client.perform(request);
  EXPECT_EQ(result.fault, HttpFault::no_connection);
  EXPECT_FALSE(result.detail.empty());
}

TEST(HubApi, NextPageOfALinkHeader) {
  EXPECT_EQ(next_page("<https://h/x?cursor=a%3D>; rel=\"next\""), "https://h/x?cursor=a%3D");
  EXPECT_EQ(next_page("<https://h/1>; rel=\"prev\", <https://h/2>; rel=\"next\""), "https://h/2");
  EXPECT_EQ(next_page("<https://h/1>; rel=\"next\", <https://h/2>; rel=\"last\""), "https://h/1");
  EXPECT_EQ(next_page("<https://h/1>; rel=\"last\""), "");
  EXPECT_EQ(next_page(""), "");
  EXPECT_EQ(next_page("<https://h/1"), "");
}

TEST(HubApi, ETagForms) {
  EXPECT_EQ(normalize_etag("\"abc\""), "abc");
  EXPECT_EQ(normalize_etag("W/\"abc\""), "abc");
  EXPECT_EQ(normalize_etag("abc"), "abc");
  EXPECT_EQ(normalize_etag(""), "");
}

}  // namespace
}  // namespace jnlp
