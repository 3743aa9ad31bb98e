#include "load_run.h"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <utility>

#include "base/error.h"

namespace jnlp {
namespace {

constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kTick = kSecond / 10;
constexpr int kMostBrokenInARow = 100;  // then nobody listens, or the server has ended

int64_t clock_ns() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * kSecond + time.tv_nsec;
}

}  // namespace

LoadRun::LoadRun(LoadPlan plan)
    : plan_(std::move(plan)),
      tally_(plan_.deadline_ns),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      timer_(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)),
      start_(clock_ns()),
      clients_(static_cast<size_t>(plan_.connections)) {
  epoll_event event{};
  event.events = EPOLLIN;
  epoll_ctl(epoll_, EPOLL_CTL_ADD, timer_, &event);
  for (Client& client : clients_) {
    client.connection =
        std::make_unique<ClientConnection>(epoll_, plan_.server, plan_.is_fresh, &client);
    idle_.push_back(&client);
  }
  std::reverse(idle_.begin(), idle_.end());
}

LoadRun::~LoadRun() {
  clients_.clear();
  close(timer_);
  close(epoll_);
}

OrderedJson LoadRun::run() {
  end_ns_ = static_cast<int64_t>(plan_.seconds * static_cast<double>(kSecond));
  const auto last_ns = end_ns_ + static_cast<int64_t>(plan_.grace * static_cast<double>(kSecond));
  const bool is_open = plan_.rate > 0;
  int64_t ended_ns = 0;
  if (is_open) {
    next_at_ns_ = next_distance();
  } else {
    start_closed();
  }
  for (;;) {
    if (is_open) send_due();
    const bool is_over = !may_send(now());
    if (is_over && ended_ns == 0) ended_ns = now();
    if (is_over && in_flight_ == 0 && due_.empty()) break;
    if (now() > last_ns) break;
    wait();
  }
  tally_.on_unanswered(in_flight_ + static_cast<int64_t>(due_.size()));
  return tally_.json(static_cast<double>(ended_ns) / static_cast<double>(kSecond));
}

int64_t LoadRun::now() const {
  return clock_ns() - start_;
}

bool LoadRun::may_send(int64_t now_ns) const {
  return now_ns < end_ns_ && (plan_.most == 0 || tally_.sent() < plan_.most);
}

int64_t LoadRun::next_distance() {
  const double mean = static_cast<double>(kSecond) / plan_.rate;
  if (plan_.is_even) return static_cast<int64_t>(mean);
  return static_cast<int64_t>(std::exponential_distribution<double>(1 / mean)(random_));
}

void LoadRun::start_closed() {
  while (!idle_.empty() && may_send(now())) {
    Client* const client = idle_.back();
    idle_.pop_back();
    send(*client, now());
  }
}

void LoadRun::send_due() {
  const int64_t now_ns = now();
  while (next_at_ns_ <= now_ns && may_send(next_at_ns_)) {
    due_.push_back(next_at_ns_);
    next_at_ns_ += next_distance();
  }
  while (!due_.empty() && !idle_.empty()) {
    const int64_t intended_ns = due_.front();
    due_.pop_front();
    Client* const client = idle_.back();
    idle_.pop_back();
    send(*client, intended_ns);
  }
}

void LoadRun::send(Client& client, int64_t intended_ns) {
  client.intended_ns = intended_ns;
  ++in_flight_;
  tally_.on_send(intended_ns, now());
  std::string request = plan_.requests[next_request_++ % plan_.requests.size()];
  settle(client, client.connection->send(std::move(request)));
}

void LoadRun::settle(Client& client, ClientConnection::Outcome outcome) {
  if (outcome == ClientConnection::Outcome::waiting) return;
  --in_flight_;
  if (outcome == ClientConnection::Outcome::answered) {
    broken_in_a_row_ = 0;
    const ClientConnection::Answer& answer = client.connection->answer();
    tally_.on_answer(answer.status, answer.retry_after_s, client.intended_ns, now());
  } else {
    tally_.on_broken();
    if (++broken_in_a_row_ >= kMostBrokenInARow) {
      throw Error(ErrorCode::io, fmt::format("{} requests in a row had no answer; does the server "
                                             "still listen there?",
                                             broken_in_a_row_));
    }
  }
  idle_.push_back(&client);
}

void LoadRun::wait() {
  // Ticks, so that the end is seen when nothing comes any more.
  const int64_t tick = now() + kTick;
  set_timer(plan_.rate > 0 && may_send(next_at_ns_) ? std::min(next_at_ns_, tick) : tick);
  std::array<epoll_event, 256> events{};
  const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
  for (int i = 0; i < count; ++i) {
    auto* const client = static_cast<Client*>(events[static_cast<size_t>(i)].data.ptr);
    if (client != nullptr) settle(*client, client->connection->on_event());
  }
  if (plan_.rate == 0) start_closed();
}

void LoadRun::set_timer(int64_t at_ns) const {
  const int64_t at = start_ + at_ns;
  itimerspec time{};
  time.it_value = {at / kSecond, at % kSecond};
  timerfd_settime(timer_, TFD_TIMER_ABSTIME, &time, nullptr);
}

}  // namespace jnlp
