#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace jnlp::test {

/// A request as the test's server got it; names of headers in lower case.
struct ServedRequest {
  std::string method;
  std::string path;
  std::map<std::string, std::string> headers;
  std::string body;
};

/// The answer to one request, written as the test likes: whole, in pieces, or broken off.
class Reply {
 public:
  explicit Reply(int descriptor) : descriptor_(descriptor) {}

  /// A whole answer.
  void send(int status, std::string_view content_type, std::string_view body);
  /// An answer in pieces: begin(), piece() for each, end(). Each piece is a packet of its own.
  void begin(int status, std::string_view content_type);
  void piece(std::string_view bytes);
  void end();
  /// Breaks the connection off, without the end of the answer.
  void cut() { is_cut_ = true; }
  /// Bytes as they are.
  void raw(std::string_view bytes) const;

  bool is_cut() const { return is_cut_; }
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
  bool is_cut_ = false;
};

/// An HTTP server on a port of this machine for as long as it lives; the handler runs on a thread
/// of the connection.
class HttpServer {
 public:
  using Handler = std::function<void(const ServedRequest&, Reply&)>;

  explicit HttpServer(Handler handler);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// "http://127.0.0.1:<port>".
  std::string url() const;
  int port() const;
  /// All requests so far, in order.
  std::vector<ServedRequest> requests() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace jnlp::test
