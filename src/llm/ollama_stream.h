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

/// The answer of /api/generate or /api/chat: a line of JSON for each piece of text, and a last one
/// with counts and times. Made when the request is sent, from when it counts the time.
class OllamaStream : public BodySink {
 public:
  OllamaStream() : lines_([this](std::string_view line) { take(line); }) {}

  void begin(int, const HttpHeaders&) override {}
  /// @throws Error io for an error that the server met in the middle, or nonsense from it.
  void write(std::string_view bytes) override { lines_.push(bytes); }

  /// After the end of the answer. @throws Error io when its last line is missing.
  RuntimeAnswer finish();

 private:
  void take(std::string_view line);
  void take_last(const Json& message);

  Stopwatch stopwatch_;
  LineSplitter lines_;
  RuntimeAnswer answer_;
  std::optional<double> first_text_;
  bool done_ = false;
};

}  // namespace jnlp
