#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>

#include "http/request.h"
#include "http/response.h"
#include "http/server_options.h"
#include "serve/rate_limiter.h"
#include "server/key_ring.h"

namespace jnlp {

/// Who may ask what, and how often; decided when a request's head was read. What is under /admin
/// needs a key even where nothing else does: any page that a browser on this machine shows could
/// ask for it otherwise. Where there are keys for /admin, no other opens it, and they open
/// everything else too. Thread-safe.
class RequestGate {
 public:
  using IsFree = std::function<bool(const http::Request&)>;

  /// `requests_per_second` of a client, as many of which it may send at once; 0: any number. A
  /// client is a key, or an address where no keys are asked for. `is_free` says what needs no key
  /// and does not count; /metrics does not count either. `admin_keys` may be null: every key opens
  /// /admin then. Both must outlive the gate.
  RequestGate(const KeyRing& keys, double requests_per_second, IsFree is_free,
              http::ErrorRenderer render = http::default_error_response,
              const KeyRing* admin_keys = nullptr);

  /// For http::ServerOptions::on_head.
  /// @throws http::HttpError 403 under /admin in a server without keys or for a key that may not go
  ///   there, 429 with Retry-After.
  std::optional<http::Response> check(const http::Request& request);

  int64_t rate_limited() const { return rate_limited_.load(std::memory_order_relaxed); }

 private:
  void count(const http::Request& request, const ApiKeys& keys);
  std::optional<http::Response> check_admin(const http::Request& request, bool is_admin) const;
  http::Response unauthorized(const http::Request& request) const;

  const KeyRing& keys_;
  const KeyRing* const admin_keys_;
  const IsFree is_free_;
  const http::ErrorRenderer render_;
  const bool is_limited_;
  RateLimiter limiter_;
  std::atomic<int64_t> rate_limited_{0};
};

}  // namespace jnlp
