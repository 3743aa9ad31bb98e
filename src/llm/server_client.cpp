#include "llm/server_client.h"

#include <fmt/format.h>

#include <utility>

#include "base/error.h"
#include "base/utf8.h"
#include "llm/json_fields.h"

namespace jnlp {
namespace {

constexpr size_t kMaxErrorText = 400;

HttpLimits limits_of(const ServerAddress& address) {
  HttpLimits limits;
  limits.stall_seconds = address.silence_seconds;
  limits.stall_bytes_per_second = 1;
  return limits;
}

bool is_local_url(const std::string& url) {
  const auto authority = authority_of(url);
  return authority && is_loopback(authority->host);
}

ErrorCode code_of(int status) {
  switch (status) {
    case 404:
      return ErrorCode::not_found;
    case 408:
    case 504:
      return ErrorCode::deadline;
    case 429:
    case 503:
      return ErrorCode::overloaded;
    default:
      return status >= 400 && status < 500 ? ErrorCode::invalid_input : ErrorCode::io;
  }
}

}  // namespace

bool is_loopback(const std::string& host) {
  return host == "localhost" || host == "::1" || host == "0.0.0.0" || host.starts_with("127.");
}

std::string error_text(const std::string& body) {
  std::string text;
  const Json json = Json::parse(body, nullptr, false);
  for (const char* key : {"error", "message", "detail"}) {
    const Json* value = field(json, key);
    if (value == nullptr || !text.empty()) continue;
    text = value->is_string() ? value->get<std::string>() : text_field(*value, "message");
    // A list or an object stays part of the body: writing it anew takes the stack that it asks for.
    if (text.empty() && !value->is_structured()) text = dump_json(*value);
  }
  if (text.empty()) text = body;
  if (text.size() > kMaxErrorText) text = text.substr(0, kMaxErrorText) + "...";
  return replace_invalid_utf8(text);
}

ServerClient::ServerClient(ServerAddress address)
    : address_(std::move(address)),
      http_(limits_of(address_), ""),
      is_local_(is_local_url(address_.url)) {
  if (!authority_of(address_.url)) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("'{}' is no address of a server; it must be like http://127.0.0.1:8000",
                            address_.url));
  }
}

HttpRequest ServerClient::request_to(const std::string& path, HttpMethod method) const {
  HttpRequest request;
  request.url = address_.url + path;
  request.method = method;
  request.token = address_.token;
  request.use_proxy = !is_local_;
  return request;
}

HttpResult ServerClient::checked(const HttpRequest& request) {
  HttpResult result = http_.perform(request);
  if (!result.ok()) fail(result);
  has_answered_ = true;
  return result;
}

Json ServerClient::get(const std::string& path) {
  const HttpRequest request = request_to(path, HttpMethod::get);
  return parse_json(checked(request).body, request.url);
}

std::optional<Json> ServerClient::find(const std::string& path) {
  const HttpRequest request = request_to(path, HttpMethod::get);
  const HttpResult result = http_.perform(request);
  if (result.fault == HttpFault::none && (result.status == 404 || result.status == 405)) {
    return std::nullopt;
  }
  if (!result.ok()) fail(result);
  has_answered_ = true;
  return parse_json(result.body, request.url);
}

Json ServerClient::post(const std::string& path, const Json& body) {
  HttpRequest request = request_to(path, HttpMethod::post);
  request.body = dump_json(body);
  return parse_json(checked(request).body, request.url);
}

void ServerClient::stream(const std::string& path, const Json& body, BodySink* sink) {
  HttpRequest request = request_to(path, HttpMethod::post);
  request.body = dump_json(body);
  request.sink = sink;
  checked(request);
}

bool ServerClient::has(const std::string& path) {
  const HttpResult result = http_.perform(request_to(path, HttpMethod::head));
  if (result.fault != HttpFault::none) fail(result);
  return result.ok();
}

void ServerClient::upload(const std::string& path, const std::filesystem::path& file) {
  HttpRequest request = request_to(path, HttpMethod::post);
  request.body_file = file;
  request.content_type = "application/octet-stream";
  checked(request);
}

void ServerClient::fail(const HttpResult& result) const {
  const std::string& name = address_.name;
  const std::string& url = address_.url;
  if (result.fault == HttpFault::no_connection && !has_answered_) {
    throw Error(ErrorCode::not_found, fmt::format("{} does not answer at {} ({}): {}", name, url,
                                                  result.detail, address_.start_hint));
  }
  if (result.fault == HttpFault::no_connection || result.fault == HttpFault::cut) {
    throw Error(ErrorCode::io, fmt::format("{} at {} went away in the middle of the work ({}); see "
                                           "its log",
                                           name, url, result.detail));
  }
  if (result.fault == HttpFault::timeout) {
    throw Error(ErrorCode::deadline,
                fmt::format("{} at {} said nothing for too long: {}", name, url, result.detail));
  }
  if (result.fault != HttpFault::none) {
    throw Error(ErrorCode::io, fmt::format("{} at {}: {}", name, url, result.detail));
  }
  throw Error(code_of(result.status), fmt::format("{} at {} answers {}: {}", name, url,
                                                  result.status, error_text(result.body)));
}

}  // namespace jnlp
