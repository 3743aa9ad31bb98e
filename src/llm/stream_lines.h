#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace jnlp {

/// Cuts a stream of bytes into lines, whatever pieces it comes in.
class LineSplitter {
 public:
  using OnLine = std::function<void(std::string_view line)>;

  /// `on_line` gets each line without its end, LF or CRLF. What it throws comes out of push().
  explicit LineSplitter(OnLine on_line) : on_line_(std::move(on_line)) {}

  /// @throws Error io for a line of more than 16 MiB.
  void push(std::string_view bytes);
  /// At the end of the stream: gives a last line that has no end.
  void finish();

 private:
  void give(std::string_view line);

  OnLine on_line_;
  std::string rest_;  // the beginning of a line whose end has not come yet
};

/// Reads server-sent events (HTML standard, "text/event-stream") from a stream of bytes. Of their
/// fields only "data" is kept; servers of language models use no other one.
class EventReader {
 public:
  /// `on_data` gets the data of each event: its lines joined by LF. An event that the end of the
  /// stream cuts off is dropped, as the standard says.
  explicit EventReader(LineSplitter::OnLine on_data);

  /// @throws Error io for a line or an event of more than 16 MiB.
  void push(std::string_view bytes) { lines_.push(bytes); }

 private:
  void take_line(std::string_view line);

  LineSplitter::OnLine on_data_;
  LineSplitter lines_;
  std::string data_;
  bool has_data_ = false;
};

}  // namespace jnlp
