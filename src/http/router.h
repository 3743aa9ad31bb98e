#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "http/request.h"
#include "http/response.h"
#include "http/web_socket.h"

namespace jnlp::http {

struct Target;

/// Answers by returning. May wait. What it throws becomes an error answer.
using Handler = std::function<Response(const Request&)>;
/// Answers through the responder, then or later, so that no thread waits meanwhile.
using AsyncHandler = std::function<void(const std::shared_ptr<const Request>&, Responder)>;
/// What is left of a request's work. May wait; what it throws becomes an error answer.
using Rest = std::function<Response()>;
/// Takes, from any thread and once, the rest of a request whose work was done elsewhere. It runs on
/// the I/O thread, so it must not wait.
using Deliver = std::function<void(Rest)>;
/// Has a request's work done elsewhere, without a thread that waits for it.
using Later = std::function<void(Deliver)>;
using Begun = std::variant<Response, Rest, Later>;
/// Looks at a request without waiting or computing much: the answer, if that is enough for one,
/// else the rest, for a request thread, or what has it done elsewhere. The request outlives all of
/// them.
/// Answers are whole, without Response::stream.
using StagedHandler = std::function<Begun(const Request&)>;

/// What serves one method of one pattern. One of the five functions is set.
struct Route {
  std::string method;
  std::string pattern;
  Handler handler;
  Handler quick;  ///< runs on the I/O thread: must neither wait nor compute
  AsyncHandler async;
  /// Begun on the I/O thread where the body is small, so that what is refused or is in a cache
  /// takes no request thread.
  StagedHandler staged;
  WebSocketFactory web_socket;
};

/// Which handler a request gets. Patterns are paths whose segments may be "{name}", which stands
/// for any one segment: "/v2/models/{name}/infer". A path without places wins over one with.
/// HEAD is served by GET's handler; OPTIONS by the server.
class Router {
 public:
  /// @throws Error invalid_input for a pattern that is no path or was there before.
  void add(std::string_view method, std::string_view pattern, Handler handler);
  void add_quick(std::string_view method, std::string_view pattern, Handler handler);
  void add_async(std::string_view method, std::string_view pattern, AsyncHandler handler);
  void add_staged(std::string_view method, std::string_view pattern, StagedHandler handler);
  void add_web_socket(std::string_view pattern, WebSocketFactory factory);

  /// All of them, in the order they were added by path.
  std::vector<const Route*> routes() const;

  struct Match {
    const Route* route = nullptr;  ///< null: see `allow`
    std::string allow;             ///< the path's methods for Allow; "" when it is unknown
    NamedValues params;
  };
  Match find(std::string_view method, const Target& target) const;

 private:
  struct Path {
    std::vector<std::string> segments;  // "{name}" for a place
    std::vector<Route> routes;          // one per method
  };

  void add(Route route);
  Path& path_of(const std::string& pattern);
  const Path* find_path(const Target& target, NamedValues* params) const;

  std::unordered_map<std::string, size_t> fixed_;  // path without places -> index in paths_
  std::vector<size_t> with_places_;
  std::vector<std::unique_ptr<Path>> paths_;  // Routes are pointed to: they must not move
};

}  // namespace jnlp::http
