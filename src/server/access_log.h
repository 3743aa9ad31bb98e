#pragma once

#include <string>

#include "http/server_options.h"

namespace jnlp {

enum class LogFormat { json, text };

/// One line about an answer, for people or for machines. It holds no text of the request, no query
/// and no key.
std::string access_line(const http::AccessRecord& record, LogFormat format);

}  // namespace jnlp
