#include "server/web_socket_key.h"

#include <gtest/gtest.h>

#include "server/api_keys.h"

namespace jnlp {
namespace {

http::Request offering(const char* protocols) {
  http::Request request;
  request.headers.set("Sec-WebSocket-Protocol", protocols);
  return request;
}

TEST(WebSocketKey, StandsInHexAmongTheOffers) {
  EXPECT_EQ(web_socket_key(offering("jetson-nlp.key.6162")), "ab");
  EXPECT_EQ(web_socket_key(offering("jetson-nlp, jetson-nlp.key.C3a4 ,other")), "\xc3\xa4");
  EXPECT_EQ(web_socket_key(offering("")), "");
  EXPECT_EQ(web_socket_key(http::Request()), "");
}

TEST(WebSocketKey, WhatIsNoHexIsNoKey) {
  for (const char* wrong :
       {"jetson-nlp", "jetson-nlp.key.", "jetson-nlp.key.6", "jetson-nlp.key.6x",
        "jetson-nlp.key.-1", "jetson-nlp.key. 6", "other.key.6162", ",,,"}) {
    EXPECT_EQ(web_socket_key(offering(wrong)), "") << wrong;
  }
}

TEST(WebSocketKey, Opens) {
  const ApiKeys keys({"0123456789abcdef"});
  EXPECT_TRUE(keys.allow(offering("jetson-nlp, jetson-nlp.key.30313233343536373839616263646566")));
  EXPECT_FALSE(keys.allow(offering("jetson-nlp, jetson-nlp.key.303132333435363738396162636465")));
  EXPECT_FALSE(keys.allow(offering("jetson-nlp, 0123456789abcdef")));
}

}  // namespace
}  // namespace jnlp
