#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "llm/runtime.h"
#include "support/expect_error.h"
#include "support/http_server.h"

namespace jnlp::test {

/// An answer in the pieces that `size` bytes each make, whatever they cut.
inline void send_in_pieces(Reply& reply, std::string_view type, const std::string& body,
                           size_t size) {
  reply.begin(200, type);
  for (size_t i = 0; i < body.size(); i += size) reply.piece(body.substr(i, size));
  reply.end();
}

/// The address of a server that was there.
inline std::string dead_url() {
  return HttpServer([](const ServedRequest&, Reply&) {}).url();
}

}  // namespace jnlp::test
