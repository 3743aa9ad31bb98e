#include "server/access_log.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <ctime>

#include "base/json.h"
#include "base/utf8.h"

namespace jnlp {
namespace {

// Made once a second on each thread.
const std::string& now_utc() {
  thread_local std::time_t second = 0;
  thread_local std::string text;
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  if (now != second || text.empty()) {
    text = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now));
    second = now;
  }
  return text;
}

// Nothing that a client chose may break a line of the log or steer the terminal that shows it:
// neither the control characters of ASCII nor those of Unicode (U+0080 to U+009F, which are two
// bytes: C2 80 to C2 9F).
std::string safe(std::string_view text) {
  const std::string valid = replace_invalid_utf8(std::string(text.substr(0, 200)));
  std::string result;
  for (size_t i = 0; i < valid.size(); ++i) {
    const auto c = static_cast<unsigned char>(valid[i]);
    const bool is_c1 =
        c == 0xC2 && i + 1 < valid.size() && static_cast<unsigned char>(valid[i + 1]) < 0xA0;
    if (is_c1) ++i;
    result += is_c1 || c < 0x20 || c == 0x7F ? '?' : valid[i];
  }
  return result;
}

// Also without blanks: the fields of a line of text are parted by them.
std::string safe_word(std::string_view text) {
  std::string word = safe(text);
  std::replace(word.begin(), word.end(), ' ', '?');
  return word;
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
                       safe_word(request.method), safe_word(request.path), record.status,
                       record.bytes_sent, static_cast<double>(record.duration.count()) / 1e3,
                       request.id, fault.empty() ? "" : " ", fault);
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
