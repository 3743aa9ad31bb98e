#include "hub/hub_api.h"

#include <gtest/gtest.h>

namespace jnlp {
namespace {

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
