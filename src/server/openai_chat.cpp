#include "server/openai_chat.h"

#include <memory>
#include <utility>

#include "server/completion_json.h"
#include "server/openai_model_names.h"
#include "server/openai_request.h"

namespace jnlp {
namespace {

using SharedRequest = std::shared_ptr<const http::Request>;

// An answer on its way from the model to a client.
struct Answering {
  SharedRequest request;
  bool is_stream = false;
  bool wants_cost = false;
  CompletionJson json;
  PendingAnswer answer;
};

// Says why there is no whole answer, if there is none.
void check_whole(const Generation& answer, const http::Request& request) {
  if (answer.finish_reason != FinishReason::cancelled) return;
  if (request.expired()) {
    throw Error(ErrorCode::deadline, "the request's time was over before the answer was whole");
  }
  throw Error(ErrorCode::overloaded, "the answer was ended early; the server is ending too");
}

std::string event(const OrderedJson& json) {
  return "data: " + dump_json(json) + "\n\n";
}

void send_whole(Answering* answering, http::Responder responder) {
  try {
    const Generation answer = answering->answer.wait();
    check_whole(answer, *answering->request);
    responder.send(http::Response::json(dump_json(answering->json.whole(answer))));
  } catch (...) {
    answer_openai_error(std::current_exception(), std::move(responder));
  }
}

// With the cost asked for, chunks before the one that has it say null.
std::string chunk_event(const Answering& answering, OrderedJson chunk) {
  if (answering.wants_cost) chunk["usage"] = nullptr;
  return event(chunk);
}

void send_events(Answering* answering, http::Responder responder, bool is_chat) {
  http::Response head = http::Response::of_type("text/event-stream", "");
  head.headers.set("cache-control", "no-store");
  http::ResponseStream stream = responder.stream(std::move(head));
  try {
    if (is_chat) stream.write(chunk_event(*answering, answering->json.opening()));
    const Generation answer = answering->answer.wait([&](std::string_view piece) {
      return stream.write(chunk_event(*answering, answering->json.piece(piece)));
    });
    check_whole(answer, *answering->request);
    stream.write(chunk_event(*answering, answering->json.closing(answer.finish_reason)));
    if (answering->wants_cost) stream.write(event(answering->json.cost(answer.stats)));
    stream.write("data: [DONE]\n\n");
  } catch (...) {
    // The status has gone out already: clients look for an error among the events.
    stream.write(event(openai_error_json(std::current_exception())));
  }
  stream.finish();
}

std::function<bool()> when_nobody_waits(const http::Request& request) {
  return [gone = http::GoneFlag(request.gone), deadline = request.deadline] {
    return gone->load(std::memory_order_relaxed) || (deadline && http::Clock::now() >= *deadline);
  };
}

class ChatRoutes {
 public:
  ChatRoutes(const ServerModels& models, ChatAnswers& answers)
      : models_(models), answers_(answers) {}

  void chat(const SharedRequest& request, http::Responder* responder) const {
    ChatCompletionRequest asked = read_chat_completion(request->body);
    const auto service = model(asked);
    const std::string prompt = service->pool->apply_chat_template(asked.messages);
    start(CompletionKind::chat, request, responder, service, prompt, asked);
  }

  void text(const SharedRequest& request, http::Responder* responder) const {
    TextCompletionRequest asked = read_text_completion(request->body);
    start(CompletionKind::text, request, responder, model(asked), asked.prompt, asked);
  }

 private:
  std::shared_ptr<ChatService> model(const OpenAiRequest& asked) const {
    return openai_model(models_.chat, asked.model,
                        [](const ChatService& service) { return service.facts.model; });
  }

  // Here, on the request's thread, what is wrong is found; the answer's own follows the text.
  void start(CompletionKind kind, const SharedRequest& request, http::Responder* responder,
             const std::shared_ptr<ChatService>& service, const std::string& prompt,
             const OpenAiRequest& asked) const {
    const bool is_chat = kind == CompletionKind::chat;
    const auto answering = std::shared_ptr<Answering>(new Answering{
        request, asked.stream, asked.include_usage,
        CompletionJson(kind, request->id, service->facts.model),
        PendingAnswer(service, answers_.admit(), prompt, is_chat ? "messages" : "prompt",
                      asked.options, when_nobody_waits(*request))});
    const auto shared = std::make_shared<http::Responder>(std::move(*responder));
    answers_.run([answering, shared, is_chat] {
      if (answering->is_stream) {
        send_events(answering.get(), std::move(*shared), is_chat);
      } else {
        send_whole(answering.get(), std::move(*shared));
      }
    });
  }

  const ServerModels& models_;
  ChatAnswers& answers_;
};

}  // namespace

void add_openai_chat_routes(const ServerModels& models, ChatAnswers& answers,
                            http::Router* router) {
  const auto add = [&](std::string_view path, auto handle) {
    router->add_async("POST", path,
                      [routes = ChatRoutes(models, answers), handle](const SharedRequest& request,
                                                                     http::Responder responder) {
                        try {
                          (routes.*handle)(request, &responder);
                        } catch (...) {
                          answer_openai_error(std::current_exception(), std::move(responder));
                        }
                      });
  };
  add("/v1/chat/completions", &ChatRoutes::chat);
  add("/v1/completions", &ChatRoutes::text);
}

}  // namespace jnlp
