#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

namespace jnlp {

/// Longest line that is read, so that memory stays bounded whatever is piped in.
inline constexpr size_t kMaxLineBytes = size_t{64} << 20;

/// Reads a file or standard input line by line, and can tell whether the next line is there yet.
class LineReader {
 public:
  /// "-" is standard input. @throws Error not_found, invalid_input (a directory) or io.
  explicit LineReader(const std::filesystem::path& path);
  ~LineReader();
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;

  /// The next line without its end ("\n" or "\r\n"); false at the end of the input. A byte-order
  /// mark at the very start is dropped. @throws Error io, or invalid_input for a line that is too
  /// long.
  bool next(std::string* line);
  /// True when `c` is the next character that is not white space; waits for it, and reads nothing.
  bool next_is(char c);
  /// All that has not been read. @throws as next().
  std::string rest();
  /// False when next() would have to wait for whoever writes the input.
  bool ready();

  int64_t line_number() const { return line_number_; }  ///< of the last line, from 1
  const std::string& name() const { return name_; }     ///< for messages
  int64_t bytes_read() const { return bytes_read_; }

 private:
  bool fill();
  void drop_byte_order_mark();

  std::string name_;
  int descriptor_ = -1;
  std::string buffer_;
  size_t begin_ = 0;  // of what has not been handed out
  bool at_end_ = false;
  int64_t line_number_ = 0;
  int64_t bytes_read_ = 0;
};

}  // namespace jnlp
