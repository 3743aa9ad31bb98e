#include "http/error_status.h"

namespace jnlp::http {
namespace {

constexpr int kRetryAfterSeconds = 1;

Failure failure_of_error(const Error& error, int status, int retry_after_s) {
  Failure failure{status, error.code(), error.what(), retry_after_s, {}, error.what()};
  if (error.code() == ErrorCode::internal) {
    failure.message = "internal error; the server's log has it under the request's id";
  } else if (error.code() == ErrorCode::io) {
    failure.message = "the server could not read or write what it needs; its log has the reason";
  }
  return failure;
}

}  // namespace

int status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_input:
      return 400;
    case ErrorCode::not_found:
      return 404;
    case ErrorCode::overloaded:
      return 503;
    case ErrorCode::deadline:
      return 504;
    case ErrorCode::unsupported:
      return 501;
    case ErrorCode::io:
    case ErrorCode::internal:
      return 500;
  }
  return 500;
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 100:
      return "Continue";
    case 101:
      return "Switching Protocols";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 424:
      return "Failed Dependency";
    case 426:
      return "Upgrade Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "";
  }
}

Failure failure_of(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const HttpError& error) {
    return failure_of_error(error, error.status(), error.retry_after_s());
  } catch (const Error& error) {
    const bool is_overload = error.code() == ErrorCode::overloaded;
    return failure_of_error(error, status_of(error.code()), is_overload ? kRetryAfterSeconds : -1);
  } catch (const std::exception& error) {
    return failure_of_error(Error(ErrorCode::internal, error.what()), 500, -1);
  } catch (...) {
    return failure_of_error(Error(ErrorCode::internal, "an exception of unknown type"), 500, -1);
  }
}

}  // namespace jnlp::http
