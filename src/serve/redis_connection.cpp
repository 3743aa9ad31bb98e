#include "serve/redis_connection.h"

#include <hiredis/hiredis.h>

#include <csignal>
#include <ctime>
#include <utility>
#include <vector>

#include "base/error.h"

namespace jnlp {
namespace {

using Reply = std::unique_ptr<redisReply, void (*)(void*)>;

// hiredis writes to its socket so that a server which has gone raises SIGPIPE; a library must not
// end the program, nor change what the program does with signals.
class SigpipeHeldBack {
 public:
  SigpipeHeldBack() {
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    sigemptyset(&sigpipe_);
    sigaddset(&sigpipe_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &sigpipe_, &before_);
  }
  ~SigpipeHeldBack() {
    const timespec at_once{};
    if (!was_pending_) sigtimedwait(&sigpipe_, nullptr, &at_once);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  SigpipeHeldBack(const SigpipeHeldBack&) = delete;
  SigpipeHeldBack& operator=(const SigpipeHeldBack&) = delete;

 private:
  sigset_t sigpipe_{};
  sigset_t before_{};
  bool was_pending_ = false;
};

timeval to_timeval(std::chrono::milliseconds time) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time);
  return {.tv_sec = static_cast<time_t>(seconds.count()),
          .tv_usec = std::chrono::microseconds(time - seconds).count()};
}

[[noreturn]] void fail(const std::string& why) {
  throw Error(ErrorCode::io, "Redis: " + why);
}

void append(redisContext& context, const std::vector<std::string_view>& words) {
  std::vector<const char*> texts;
  std::vector<size_t> sizes;
  for (const std::string_view word : words) {
    texts.push_back(word.data());
    sizes.push_back(word.size());
  }
  const auto count = static_cast<int>(words.size());
  if (redisAppendCommandArgv(&context, count, texts.data(), sizes.data()) != REDIS_OK) {
    fail(context.errstr);
  }
}

Reply next_reply(redisContext& context) {
  const SigpipeHeldBack guard;
  void* reply = nullptr;
  if (redisGetReply(&context, &reply) != REDIS_OK) fail(context.errstr);
  return {static_cast<redisReply*>(reply), freeReplyObject};
}

// For commands that cannot be refused when all is well.
Reply ask(redisContext& context, const std::vector<std::string_view>& words) {
  append(context, words);
  Reply reply = next_reply(context);
  if (reply->type == REDIS_REPLY_ERROR) fail(std::string(reply->str, reply->len));
  return reply;
}

}  // namespace

RedisConnection::RedisConnection(const RedisUrl& url, std::chrono::milliseconds connect_timeout,
                                 std::chrono::milliseconds command_timeout)
    : context_(redisConnectWithTimeout(url.host.c_str(), url.port, to_timeval(connect_timeout)),
               redisFree) {
  if (context_ == nullptr) fail("out of memory");
  if (context_->err != 0) fail(context_->errstr);
  redisSetTimeout(context_.get(), to_timeval(command_timeout));
  if (!url.user.empty()) {
    ask(*context_, {"AUTH", url.user, url.password});
  } else if (!url.password.empty()) {
    ask(*context_, {"AUTH", url.password});
  }
  if (url.database != 0) ask(*context_, {"SELECT", std::to_string(url.database)});
  ask(*context_, {"PING"});
}

RedisConnection::~RedisConnection() = default;

std::optional<std::string> RedisConnection::get(const std::string& key) {
  const Reply reply = ask(*context_, {"GET", key});
  if (reply->type == REDIS_REPLY_NIL) return std::nullopt;
  if (reply->type != REDIS_REPLY_STRING) fail("GET gave something that is not a string");
  return std::string(reply->str, reply->len);
}

void RedisConnection::add_set(const std::string& key, std::string_view value,
                              std::chrono::milliseconds ttl) {
  if (ttl.count() > 0) {
    append(*context_, {"SET", key, value, "PX", std::to_string(ttl.count())});
  } else {
    append(*context_, {"SET", key, value});
  }
  ++sets_;
}

int RedisConnection::finish_sets() {
  int refused = 0;
  for (int left = std::exchange(sets_, 0); left > 0; --left) {
    if (next_reply(*context_)->type == REDIS_REPLY_ERROR) ++refused;
  }
  return refused;
}

}  // namespace jnlp
