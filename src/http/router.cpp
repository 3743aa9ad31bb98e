#include "http/router.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "http/target.h"

namespace jnlp::http {
namespace {

bool is_place(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

std::vector<std::string> split(std::string_view pattern) {
  std::vector<std::string> segments;
  while (!pattern.empty()) {
    pattern.remove_prefix(1);  // the slash
    const size_t end = std::min(pattern.find('/'), pattern.size());
    segments.emplace_back(pattern.substr(0, end));
    pattern.remove_prefix(end);
  }
  return segments;
}

bool fits(const std::vector<std::string>& pattern, const std::vector<std::string>& segments) {
  return std::equal(pattern.begin(), pattern.end(), segments.begin(), segments.end(),
                    [](const std::string& wanted, const std::string& got) {
                      return is_place(wanted) ? !got.empty() : wanted == got;
                    });
}

std::string allowed_methods(const std::vector<Route>& routes) {
  std::string allow = "OPTIONS";
  for (const Route& route : routes) {
    allow += ", " + route.method;
    if (route.method == "GET") allow += ", HEAD";
  }
  return allow;
}

template <class Function>
Route route_of(std::string_view method, std::string_view pattern, Function Route::*member,
               Function function) {
  Route route;
  route.method = method;
  route.pattern = pattern;
  route.*member = std::move(function);
  return route;
}

}  // namespace

void Router::add(std::string_view method, std::string_view pattern, Handler handler) {
  add(route_of(method, pattern, &Route::handler, std::move(handler)));
}

void Router::add_quick(std::string_view method, std::string_view pattern, Handler handler) {
  add(route_of(method, pattern, &Route::quick, std::move(handler)));
}

void Router::add_async(std::string_view method, std::string_view pattern, AsyncHandler handler) {
  add(route_of(method, pattern, &Route::async, std::move(handler)));
}

void Router::add_staged(std::string_view method, std::string_view pattern, StagedHandler handler) {
  add(route_of(method, pattern, &Route::staged, std::move(handler)));
}

void Router::add_web_socket(std::string_view pattern, WebSocketFactory factory) {
  add(route_of("GET", pattern, &Route::web_socket, std::move(factory)));
}

void Router::add(Route route) {
  if (!route.pattern.starts_with('/')) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("the route '{}' must begin with '/'", route.pattern));
  }
  Path& path = path_of(route.pattern);
  for (const Route& other : path.routes) {
    if (other.method != route.method) continue;
    throw Error(ErrorCode::invalid_input,
                fmt::format("there are two routes {} {}", route.method, route.pattern));
  }
  path.routes.push_back(std::move(route));
}

Router::Path& Router::path_of(const std::string& pattern) {
  std::vector<std::string> segments = split(pattern);
  for (const auto& path : paths_) {
    if (path->segments == segments) return *path;
  }
  if (std::any_of(segments.begin(), segments.end(), is_place)) {
    with_places_.push_back(paths_.size());
  } else {
    fixed_.emplace(pattern, paths_.size());
  }
  paths_.push_back(std::make_unique<Path>(Path{std::move(segments), {}}));
  return *paths_.back();
}

const Router::Path* Router::find_path(const Target& target, NamedValues* params) const {
  // An encoded slash makes the decoded path look like another one; its segments tell them apart.
  const auto fixed = fixed_.find(target.path);
  if (fixed != fixed_.end() && paths_[fixed->second]->segments == target.segments) {
    return paths_[fixed->second].get();
  }
  for (const size_t index : with_places_) {
    const Path& path = *paths_[index];
    if (!fits(path.segments, target.segments)) continue;
    for (size_t i = 0; i < path.segments.size(); ++i) {
      const std::string& segment = path.segments[i];
      if (!is_place(segment)) continue;
      params->emplace_back(segment.substr(1, segment.size() - 2), target.segments[i]);
    }
    return &path;
  }
  return nullptr;
}

std::vector<const Route*> Router::routes() const {
  std::vector<const Route*> routes;
  for (const auto& path : paths_) {
    for (const Route& route : path->routes) routes.push_back(&route);
  }
  return routes;
}

Router::Match Router::find(std::string_view method, const Target& target) const {
  Match match;
  const Path* path = find_path(target, &match.params);
  if (path == nullptr) return match;
  const std::string_view wanted = method == "HEAD" ? "GET" : method;
  for (const Route& route : path->routes) {
    if (route.method != wanted) continue;
    match.route = &route;
    return match;
  }
  match.allow = allowed_methods(path->routes);
  return match;
}

}  // namespace jnlp::http
