#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "http/request.h"
#include "http/response.h"
#include "http/server_options.h"

namespace jnlp::http {

/// How an answer's head frames what follows.
struct Framing {
  std::optional<uint64_t> content_length;
  bool is_chunked = false;
  bool keeps_alive = true;
};

/// The status line and header lines, with the blank line. Control characters in values become
/// blanks, so that no value can add a line.
std::string render_head(const Response& response, const Request& request, const Framing& framing,
                        const std::string& server_name);

/// Adds what lets a page of an allowed origin read the answer.
void add_cors(const Request& request, const std::vector<std::string>& origins, Headers* headers);

/// The answer to OPTIONS: what is allowed here, also for a browser's preflight request.
Response options_response(const Request& request, const std::string& allow,
                          const std::vector<std::string>& origins);

/// Whether a browser's page may open a WebSocket: it is ours, or of an allowed origin. Clients that
/// are no browsers send no Origin and may.
bool is_origin_allowed(const Request& request, const std::vector<std::string>& origins);

}  // namespace jnlp::http
