#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/stopwatch.h"
#include "llm/runtime.h"
#include "llm/stream_lines.h"
#include "net/http_client.h"

namespace jnlp {

/// The answer of /v1/completions or /v1/chat/completions as server-sent events. Made when the
/// request is sent, from when it counts the time.
class OpenAiStream : public BodySink {
 public:
  OpenAiStream() : events_([this](std::string_view data) { take(data); }) {}

  /// @throws Error io when the answer is not a stream of events.
  void begin(int status, const HttpHeaders& headers) override;
  /// @throws Error io for an error that the server met in the middle, or nonsense from it.
  void write(std::string_view bytes) override { events_.push(bytes); }

  /// After the end of the answer. @throws Error io when it ended in the middle.
  RuntimeAnswer finish();
  /// What the server says it is, for example "b6710-3a59971"; may be empty.
  const std::string& fingerprint() const { return fingerprint_; }

 private:
  void take(std::string_view data);
  void take_choice(const Json& choice);
  void take_usage(const Json& usage);
  void take_timings(const Json& timings);

  Stopwatch stopwatch_;
  EventReader events_;
  RuntimeAnswer answer_;
  std::optional<double> first_text_;
  std::string fingerprint_;
  bool done_ = false;
};

}  // namespace jnlp
