#include "http/admission.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <random>

#include "http/exchange.h"
#include "http/response_head.h"
#include "http/router.h"
#include "http/target.h"

namespace jnlp::http {
namespace {

bool is_sane_id(std::string_view id) {
  constexpr size_t kMaxId = 128;
  return !id.empty() && id.size() <= kMaxId && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("-_.:/+=@").find(c) != std::string_view::npos;
  });
}

std::mt19937_64 seeded() {
  std::random_device device;
  std::seed_seq seeds{device(), device(), device(), device()};
  return std::mt19937_64(seeds);
}

// Unlike the others of this and of other processes, no more: nothing depends on guessing one.
std::string new_id() {
  thread_local std::mt19937_64 random = seeded();
  return fmt::format("{:016x}", random());
}

std::optional<Clock::time_point> deadline_of(const Request& request) {
  const std::string* text = request.headers.find("x-request-timeout-ms");
  if (text == nullptr || *text == "none") return std::nullopt;
  int64_t milliseconds = 0;
  const auto [end, failed] =
      std::from_chars(text->data(), text->data() + text->size(), milliseconds);
  constexpr int64_t kDay = 24LL * 3600 * 1000;
  if (failed != std::errc() || end != text->data() + text->size() || milliseconds < 0 ||
      milliseconds > kDay) {
    throw Error(ErrorCode::invalid_input,
                "x-request-timeout-ms must be a number of milliseconds up to a day, 0 or none");
  }
  if (milliseconds == 0) return std::nullopt;  // "00", "-0"
  return request.arrival + std::chrono::milliseconds(milliseconds);
}

void read_coding(Exchange* exchange) {
  const std::string_view coding = exchange->request.header("content-encoding");
  if (coding.empty() || equals_ignoring_case(coding, "identity")) return;
  if (!equals_ignoring_case(coding, "gzip") && !equals_ignoring_case(coding, "x-gzip")) {
    throw HttpError(
        415, ErrorCode::unsupported,
        fmt::format("the Content-Encoding '{}' is not known here; send gzip or none", coding));
  }
  exchange->body_is_gzip = true;
}

// Whether the port of probes has the path.
bool is_probe(const Context& context, const Target& target) {
  const Route* route = context.router.find("GET", target).route;
  const std::vector<std::string>& shown = context.options.probe_routes;
  return route != nullptr && route->quick &&
         (shown.empty() || std::find(shown.begin(), shown.end(), route->pattern) != shown.end());
}

void find_route(Exchange* exchange, const Target& target, bool quick_only) {
  Request& request = exchange->request;
  Router::Match match = exchange->context->router.find(request.method, target);
  const bool is_hidden = quick_only && !(is_probe(*exchange->context, target) &&
                                         (match.route == nullptr || match.route->quick != nullptr));
  if (is_hidden || (match.route == nullptr && match.allow.empty())) {
    throw Error(ErrorCode::not_found, fmt::format("there is no {} here", request.path));
  }
  if (match.route != nullptr) {
    exchange->route = match.route;
    request.route = match.route->pattern;
    request.params = std::move(match.params);
  } else if (request.method == "OPTIONS") {
    exchange->refusal =
        options_response(request, match.allow, exchange->context->options.cors_origins);
  } else {
    exchange->failure = {
        405, ErrorCode::invalid_input,
        fmt::format("{} does not take {}; it takes {}", request.path, request.method, match.allow),
        -1, match.allow};
  }
}

// "OPTIONS *" asks about the server as a whole.
bool is_about_server(const Request& request) {
  return request.method == "OPTIONS" && request.target == "*";
}

}  // namespace

void identify(Exchange* exchange, bool quick_only) {
  Request& request = exchange->request;
  const std::string_view id = request.header("x-request-id");
  request.id = is_sane_id(id) ? std::string(id) : new_id();
  try {
    if (is_about_server(request)) {
      exchange->refusal = options_response(request, "GET, HEAD, POST, OPTIONS", {});
      return;
    }
    Target target = parse_target(request.target);
    request.path = target.path;
    request.query = std::move(target.query);
    find_route(exchange, target, quick_only);
  } catch (...) {
    exchange->failure = failure_of(std::current_exception());
  }
}

void admit(Exchange* exchange, bool quick_only) {
  identify(exchange, quick_only);
  if (exchange->is_refused()) return;
  Request& request = exchange->request;
  try {
    request.deadline = deadline_of(request);
    read_coding(exchange);
    const HeadHook& on_head = exchange->context->options.on_head;
    if (on_head) exchange->refusal = on_head(request);
  } catch (...) {
    exchange->failure = failure_of(std::current_exception());
  }
}

}  // namespace jnlp::http
