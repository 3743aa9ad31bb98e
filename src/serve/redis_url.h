#pragma once

#include <string>
#include <string_view>

namespace jnlp {

/// redis://[[user]:password@]host[:port][/database], with %XX in user and password.
struct RedisUrl {
  std::string host;
  int port = 6379;
  std::string user;      ///< empty: the default user
  std::string password;  ///< empty: none is needed
  int database = 0;
};

/// @throws Error invalid_input (the message never shows the password), unsupported for rediss://:
///   TLS is not built in; use a Redis on the same machine or private network, or a tunnel.
RedisUrl parse_redis_url(std::string_view url);

}  // namespace jnlp
