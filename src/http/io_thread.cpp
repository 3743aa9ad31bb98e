#include "http/io_thread.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "base/thread_slice.h"

namespace jnlp::http {
namespace {

constexpr std::chrono::milliseconds kTick{100};
constexpr Clock::duration kMostRest = std::chrono::milliseconds(2);
// In each, what has become ready is handled: a new connection, what it asks, its answer. Not until
// nothing is, as a client that asks again at once would put the rest off for ever.
constexpr int kRoundsBeforeRest = 4;

}  // namespace

IoThread::IoThread() : work_(context_.get_executor()), timer_(context_.get_executor()) {}

IoThread::~IoThread() {
  stop();
}

void IoThread::start() {
  schedule_tick();
  thread_ = std::thread([this] {
    prefer_short_slices();
    context_.run();
  });
}

void IoThread::rest(Clock::duration time) {
  if (!rest_) rest_after(kRoundsBeforeRest);
  rest_ = std::min(rest_.value_or(kMostRest), time);
}

void IoThread::rest_after(int rounds) {
  if (rounds == 0) {
    std::this_thread::sleep_for(*std::exchange(rest_, std::nullopt));
  } else {
    asio::post(context_, [this, rounds] { rest_after(rounds - 1); });
  }
}

void IoThread::cut() {
  asio::post(context_, [this] { for_each_client([](IoClient& client) { client.cut(); }); });
}

void IoThread::stop() {
  if (!thread_.joinable()) return;
  asio::post(context_, [this] {
    for_each_client([](IoClient& client) { client.cut(); });
    context_.stop();
  });
  thread_.join();
}

IoThread::Clients::iterator IoThread::add(std::shared_ptr<IoClient> client) {
  clients_.push_back(std::move(client));
  return std::prev(clients_.end());
}

void IoThread::drain() {
  asio::post(context_, [this] { for_each_client([](IoClient& client) { client.drain(); }); });
}

// A client may remove itself meanwhile.
template <class Function>
void IoThread::for_each_client(Function function) {
  for (auto next = clients_.begin(); next != clients_.end();) {
    const std::shared_ptr<IoClient> client = *next++;
    function(*client);
  }
}

void IoThread::schedule_tick() {
  timer_.expires_after(kTick);
  timer_.async_wait([this](const error_code& failed) {
    if (failed) return;
    const Clock::time_point now = Clock::now();
    for_each_client([now](IoClient& client) { client.tick(now); });
    schedule_tick();
  });
}

}  // namespace jnlp::http
