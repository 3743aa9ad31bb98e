// Requests to the routes of all tasks, from the body to the answer, with made-up models: a request
// is answered or refused with a status of 400 to 499, and what an answer says of places in a text
// is so. The first line is the path, with the value of Inference-Header-Content-Length behind a
// blank; the body follows.
#include <set>

#include "base/utf8.h"
#include "http/serve.h"
#include "http/server_options.h"
#include "http/target.h"
#include "served_models.h"
#include "server/kserve_routes.h"
#include "server/openai_embeddings.h"
#include "server/pipeline_routes.h"
#include "server/request_fields.h"
#include "server/task_routes.h"
#include "server/tei_routes.h"
#include "target.h"

namespace {

using namespace jnlp;

const http::Router& router() {
  static const http::Router* const router = [] {
    auto* made = new http::Router;
    const ServerModels& models = fuzz::served_models();
    add_task_routes(models, made);
    add_tei_routes(models, {}, made);
    add_pipeline_routes(models, made);
    add_kserve_routes(
        models, [] { return true; }, made);
    add_openai_embedding_route(models, made);
    return made;
  }();
  return *router;
}

http::Request request_of(std::string_view input) {
  http::Request request;
  request.method = "POST";
  const size_t line = std::min(input.find('\n'), input.size());
  const std::string_view first = input.substr(0, line);
  const size_t blank = std::min(first.find(' '), first.size());
  request.target = first.substr(0, blank);
  if (blank < first.size()) {
    request.headers.add("Inference-Header-Content-Length", first.substr(blank + 1));
  }
  request.body = input.substr(std::min(line + 1, input.size()));
  return request;
}

// The text between two places that count code points.
std::string part(const std::string& text, const Json& item, const char* end_name = "end") {
  const auto begin = item.at("start").get<size_t>();
  const auto end = item.at(end_name).get<size_t>();
  JNLP_HOLDS(begin <= end && end <= count_code_points(text));
  const CodePointIndex index(text);
  return text.substr(index.byte_offset(begin), index.byte_offset(end) - index.byte_offset(begin));
}

void check_score(const Json& item) {
  const double score = item.at("score").get<double>();
  JNLP_HOLDS(score >= 0 && score <= 1);
}

void check_tutorial(const std::string& path, const RequestFields& fields, const Json& answer) {
  const Json& results = answer.at("results");
  const std::vector<std::string> texts = fields.texts(path == "/qa" ? "contexts" : "texts");
  const size_t asked = path == "/qa" ? fields.texts("questions").size() : texts.size();
  JNLP_HOLDS(results.size() == asked);
  for (size_t i = 0; i < results.size(); ++i) {
    const std::string& text = texts[texts.size() == 1 ? 0 : i];
    const Json& result = results[i];
    if (path == "/qa") {
      JNLP_HOLDS(part(text, result) == result.at("answer").get<std::string>());
      for (const Json& other : result.value("answers", Json::array())) {
        JNLP_HOLDS(part(text, other) == other.at("answer").get<std::string>());
        check_score(other);
      }
    } else if (path == "/ner") {
      for (const Json& entity : result.at("entities")) {
        JNLP_HOLDS(part(text, entity) == entity.at("text").get<std::string>());
        check_score(entity);
      }
    } else if (path == "/summarize") {
      for (const Json& sentence : result.at("sentences")) {
        JNLP_HOLDS(part(text, sentence) == sentence.at("text").get<std::string>());
      }
    } else {
      check_score(result);
    }
  }
}

void check_tokens(const RequestFields& fields, const Json& answer) {
  const Json& inputs = fields.json().at("inputs");
  for (size_t i = 0; i < answer.size(); ++i) {
    const auto text = (inputs.is_array() ? inputs[i] : inputs).get<std::string>();
    for (const Json& token : answer[i]) {
      if (token.at("special").get<bool>()) continue;
      JNLP_HOLDS(part(text, token, "stop") == token.at("text").get<std::string>());
    }
  }
}

void check_answer(const http::Request& request, const http::Response& response) {
  JNLP_HOLDS(response.status == 200);
  if (response.headers.get("content-type") != "application/json") return;  // of binary tensors
  const Json answer = Json::parse(response.body);
  static const std::set<std::string_view> tutorial = {"/sentiment", "/ner", "/qa", "/summarize"};
  if (tutorial.count(request.route) > 0) {
    check_tutorial(std::string(request.route), RequestFields(request), answer);
  } else if (request.route == "/tokenize") {
    check_tokens(RequestFields(request), answer);
  }
}

void check_refusal(const http::Failure& failure) {
  JNLP_HOLDS(failure.status >= 400 && failure.status < 500 && !failure.message.empty());
  JNLP_HOLDS(Json::accept(http::default_error_response(failure, http::Request()).body));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  http::Request request = request_of(fuzz::as_text(data, size));
  http::Router::Match match;
  if (!fuzz::accepts(
          [&] { match = router().find(request.method, http::parse_target(request.target)); }) ||
      match.route == nullptr) {
    return 0;
  }
  request.route = match.route->pattern;
  request.params = std::move(match.params);
  http::Response response;
  try {
    response = http::run_whole(*match.route, request);
  } catch (...) {
    check_refusal(http::failure_of(std::current_exception()));
    return 0;
  }
  if (response.status != 200) {
    check_refusal({response.status, ErrorCode::invalid_input, response.body});
  } else {
    check_answer(request, response);
  }
  return 0;
}
