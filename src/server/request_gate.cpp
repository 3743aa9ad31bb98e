#include "server/request_gate.h"

#include <arpa/inet.h>

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>

#include "http/error_status.h"
#include "http/server_options.h"
#include "serve/overloaded.h"
#include "server/task_service.h"

namespace jnlp {
namespace {

// Whoever has an IPv6 address has 2^64 of them.
uint64_t address_number(const std::string& address) {
  in6_addr parsed{};
  const std::hash<std::string_view> hash;
  if (inet_pton(AF_INET6, address.c_str(), &parsed) != 1 || IN6_IS_ADDR_V4MAPPED(&parsed)) {
    return hash(address);
  }
  constexpr size_t kNetworkBytes = 8;
  return hash({reinterpret_cast<const char*>(&parsed), kNetworkBytes});
}

}  // namespace

RequestGate::RequestGate(const KeyRing& keys, double requests_per_second, IsFree is_free,
                         http::ErrorRenderer render, const KeyRing* admin_keys)
    : keys_(keys),
      admin_keys_(admin_keys),
      is_free_(std::move(is_free)),
      render_(std::move(render)),
      is_limited_(requests_per_second > 0),
      limiter_({.per_second = requests_per_second, .burst = std::max(requests_per_second, 1.0)}) {}

std::optional<http::Response> RequestGate::check(const http::Request& request) {
  if (is_free_(request)) return std::nullopt;
  const std::shared_ptr<const ApiKeys> keys = keys_.current();
  const bool is_admin = admin_keys_ != nullptr && admin_keys_->current()->hold(request);
  if (request.route.starts_with("/admin/")) {
    if (auto refusal = check_admin(request, is_admin)) return refusal;
  } else if (!keys->allow(request) && !is_admin) {
    return unauthorized(request);
  }
  if (is_limited_ && request.route != "/metrics") count(request, *keys);
  return std::nullopt;
}

std::optional<http::Response> RequestGate::check_admin(const http::Request& request,
                                                       bool is_admin) const {
  if (is_admin) return std::nullopt;
  const std::shared_ptr<const ApiKeys> keys = keys_.current();
  const bool is_known = keys->hold(request);
  if (admin_keys_ == nullptr && keys->empty()) {
    throw http::HttpError(403, ErrorCode::invalid_input,
                          "what is under /admin needs an API key, and this server has none: start "
                          "it with --api-key-file or --admin-key-file");
  }
  if (!is_known) return unauthorized(request);
  if (admin_keys_ == nullptr) return std::nullopt;
  throw http::HttpError(403, ErrorCode::invalid_input,
                        "this key may not use what is under /admin: only those of "
                        "--admin-key-file may");
}

http::Response RequestGate::unauthorized(const http::Request& request) const {
  http::Failure failure;
  failure.status = 401;
  failure.code = ErrorCode::invalid_input;
  failure.message = "a valid API key is needed: Authorization: Bearer KEY";
  http::Response response = render_(failure, request);
  response.status = 401;
  response.headers.set("WWW-Authenticate", "Bearer");
  return response;
}

void RequestGate::count(const http::Request& request, const ApiKeys& keys) {
  const uint64_t client = keys.empty() ? address_number(request.remote)
                                       : std::hash<std::string_view>{}(ApiKeys::given(request));
  try {
    limiter_.admit(client);
  } catch (const Overloaded& refusal) {
    rate_limited_.fetch_add(1, std::memory_order_relaxed);
    throw_as_http(refusal);
  }
}

}  // namespace jnlp
