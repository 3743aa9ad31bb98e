#include "server/chat_socket.h"

#include <fmt/format.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "server/chat_frame.h"
#include "server/chat_turns.h"
#include "server/completion_json.h"
#include "server/openai_error.h"

namespace jnlp {
namespace {

using SharedSocket = std::shared_ptr<http::WebSocket>;
using CancelFlag = std::shared_ptr<std::atomic<bool>>;

class ChatSocket : public http::WebSocketHandler, public std::enable_shared_from_this<ChatSocket> {
 public:
  ChatSocket(const ServerModels& models, ChatAnswers& answers, const http::Request& request)
      : models_(models), answers_(answers), id_(request.id), gone_(request.gone) {}

  // On a thread that all sockets share: what may wait is done on the answers' threads.
  void on_message(const SharedSocket& socket, std::string message, bool is_binary) override {
    try {
      if (is_binary) {
        throw OpenAiError(400, "a binary frame came; the chat takes text", "", "invalid_type");
      }
      take(socket, read_chat_frame(message));
    } catch (...) {
      tell_later(socket, std::current_exception());
    }
  }

  void on_close(int) override { cancel(); }

 private:
  // One turn: what it says, and what else decides its answer.
  struct Turn {
    ChatFrame frame;
    std::vector<ChatMessage> before;
    int number = 0;
    int resets = 0;  // that came before it
    CancelFlag cancelled;
  };

  void take(const SharedSocket& socket, ChatFrame frame) {
    switch (frame.kind) {
      case ChatFrame::Kind::cancel:
        return cancel();
      case ChatFrame::Kind::reset:
        return reset();
      case ChatFrame::Kind::message:
      case ChatFrame::Kind::messages:
        return answers_.run([self = shared_from_this(), socket,
                             turn = std::make_shared<Turn>(begin(std::move(frame)))] {
          self->answer(socket, turn.get());
        });
    }
  }

  Turn begin(ChatFrame frame) {
    const std::lock_guard lock(mutex_);
    if (running_ != nullptr) {
      throw OpenAiError(409, "an answer is being written; wait for its end or cancel it", "",
                        "busy");
    }
    if (frame.system && !conversation_.empty()) {
      fail_param("system", "is for the first turn; a reset begins anew");
    }
    running_ = std::make_shared<std::atomic<bool>>(false);
    Turn turn{std::move(frame), conversation_, ++turns_, resets_, running_};
    if (turn.frame.kind == ChatFrame::Kind::messages) turn.before.clear();
    return turn;
  }

  void cancel() {
    const std::lock_guard lock(mutex_);
    if (running_ != nullptr) running_->store(true, std::memory_order_relaxed);
  }

  void reset() {
    const std::lock_guard lock(mutex_);
    if (running_ != nullptr) running_->store(true, std::memory_order_relaxed);
    conversation_.clear();
    ++resets_;
  }

  // The next turn may begin as soon as this one is not running_ any more, and waits here until its
  // last frame is sent.
  void answer(const SharedSocket& socket, const Turn* turn) {
    const std::lock_guard sending(sending_);
    try {
      write_answer(socket, *turn);
    } catch (...) {
      end_turn(nullptr, 0);
      socket->send(dump_json(openai_error_json(std::current_exception())));
    }
  }

  void write_answer(const SharedSocket& socket, const Turn& turn) {
    const auto service = models_.chat.get();
    std::vector<ChatMessage> messages = turn.before;
    if (turn.frame.system) messages.push_back({"system", *turn.frame.system});
    messages.insert(messages.end(), turn.frame.messages.begin(), turn.frame.messages.end());
    const bool is_whole = turn.frame.kind == ChatFrame::Kind::messages;
    const std::string prompt =
        is_whole ? service->pool->apply_chat_template(messages)
                 : fitting_prompt(*service->pool, &messages, turn.frame.options.max_tokens);
    PendingAnswer pending(service, answers_.admit(), prompt, is_whole ? "messages" : "message",
                          turn.frame.options, [gone = gone_, flag = turn.cancelled] {
                            return gone->load(std::memory_order_relaxed) ||
                                   flag->load(std::memory_order_relaxed);
                          });
    const CompletionJson json(CompletionKind::chat, fmt::format("{}-{}", id_, turn.number),
                              service->facts.model);
    socket->send(dump_json(json.opening()));
    const Generation answer = pending.wait(
        [&](std::string_view piece) { return socket->send(dump_json(json.piece(piece))); });
    messages.push_back({"assistant", answer.text});
    end_turn(&messages, turn.resets);
    OrderedJson last = json.closing(answer.finish_reason);
    last["usage"] = usage_json(answer.stats);
    socket->send(dump_json(last));
  }

  // What was said becomes the conversation, unless it was to be forgotten meanwhile.
  void end_turn(std::vector<ChatMessage>* messages, int resets_before) {
    const std::lock_guard lock(mutex_);
    running_ = nullptr;
    if (messages != nullptr && resets_ == resets_before) conversation_ = std::move(*messages);
  }

  // A client that sends faulty frames and reads no answers holds one thread at most.
  void tell_later(const SharedSocket& socket, const std::exception_ptr& fault) {
    constexpr size_t kMostFaults = 64;
    const std::lock_guard lock(mutex_);
    if (faults_.size() >= kMostFaults) return socket->close(1008, "too many faulty messages");
    faults_.push_back(dump_json(openai_error_json(fault)));
    if (is_telling_) return;
    is_telling_ = true;
    answers_.run([self = shared_from_this(), socket] { self->tell_faults(socket); });
  }

  void tell_faults(const SharedSocket& socket) {
    for (;;) {
      std::vector<std::string> faults;
      {
        const std::lock_guard lock(mutex_);
        faults.swap(faults_);
        is_telling_ = !faults.empty();
        if (!is_telling_) return;
      }
      for (const std::string& fault : faults) socket->send(fault);
    }
  }

  const ServerModels& models_;
  ChatAnswers& answers_;
  const std::string id_;
  const http::GoneFlag gone_;
  std::mutex sending_;  // held by the turn whose frames are sent
  std::mutex mutex_;    // guards what follows
  std::vector<ChatMessage> conversation_;
  CancelFlag running_;  // of the turn that is being answered, or null
  int turns_ = 0;
  int resets_ = 0;
  std::vector<std::string> faults_;  // not told yet
  bool is_telling_ = false;
};

}  // namespace

void add_chat_socket(const ServerModels& models, ChatAnswers& answers, http::Router* router) {
  router->add_web_socket("/chat", [&models, &answers](const http::Request& request) {
    models.chat.get();  // refuses the handshake where there is no model, or not yet
    return std::make_shared<ChatSocket>(models, answers, request);
  });
}

}  // namespace jnlp
