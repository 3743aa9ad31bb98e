#pragma once

#include <chrono>
#include <map>
#include <string>
#include <string_view>

namespace jnlp::test {

/// An answer as it came over the wire; names of headers in lower case.
struct RawAnswer {
  int status = 0;  ///< 0: the connection ended or nothing came in time
  std::map<std::string, std::string> headers;
  std::string body;  ///< without chunks

  std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found != headers.end() ? found->second : "";
  }
};

/// A TCP connection to a port of this machine that sends whatever bytes the test likes. Waits at
/// most a minute for an answer, so that a fault fails the test instead of hanging it.
class RawClient {
 public:
  explicit RawClient(int port);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;
  RawClient(RawClient&& other) noexcept;

  bool is_connected() const { return descriptor_ >= 0; }
  /// False when the other end is closed.
  bool send(std::string_view bytes);
  /// The next answer; of a HEAD request without a body.
  RawAnswer read_answer(bool is_head = false);
  /// The next `size` bytes, or fewer at the end.
  std::string read_bytes(size_t size);
  /// All up to `mark`, with it, or to the end.
  std::string read_until(std::string_view mark);
  std::string read_to_end();
  /// The other end closes within the time.
  bool is_closed_within(std::chrono::milliseconds time);
  /// Closes our end of the connection only.
  void close_sending();
  /// Closes with RST, as the system does for a program that was killed.
  void reset();

 private:
  bool fill(std::chrono::milliseconds time);

  int descriptor_ = -1;
  std::string buffer_;
};

/// "GET <target> HTTP/1.1" with Host.
std::string get(std::string_view target, std::string_view more_headers = "");
/// The same for POST with a body.
std::string post(std::string_view target, std::string_view body, std::string_view headers = "");

}  // namespace jnlp::test
