#include "server/access_log.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <ctime>

#include "base/json.h"
#include "base/utf8.h"

namespace jnlp {
namespace {

std::string now_utc() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now));
}

// A client chooses method and path: nothing of them may break a line of the log.
std::string safe(std::string_view text) {
  std::string result;
  for (const char c : text.substr(0, 200)) {
    result += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? '?' : c;
  }
  return replace_invalid_utf8(result);
}

// Why we failed. What was wrong with a request its client was told; it may quote the request's
// text.
std::string fault_of(const http::AccessRecord& record) {
  return record.status < 500 ? std::string() : safe(record.fault);
}

}  // namespace

std::string access_line(const http::AccessRecord& record, LogFormat format) {
  const http::Request& request = record.request;
  const std::string fault = fault_of(record);
  if (format == LogFormat::text) {
    return fmt::format("{} {} {} {} {} {} B {:.1f} ms {}{}{}\n", now_utc(), request.remote,
                       safe(request.method), safe(request.path), record.status, record.bytes_sent,
                       static_cast<double>(record.duration.count()) / 1e3, request.id,
                       fault.empty() ? "" : " ", fault);
  }
  OrderedJson line = {{"time", now_utc()},
                      {"remote", request.remote},
                      {"method", safe(request.method)},
                      {"path", safe(request.path)},
                      {"route", std::string(request.route)},
                      {"status", record.status},
                      {"bytes", record.bytes_sent},
                      {"duration_us", record.duration.count()},
                      {"id", request.id}};
  if (const auto parent = request.header("traceparent"); !parent.empty()) {
    line["traceparent"] = safe(parent);
  }
  if (!fault.empty()) line["fault"] = fault;
  return dump_json(line) + "\n";
}

}  // namespace jnlp
