#pragma once

#include <netinet/in.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "client_connection.h"
#include "tally.h"

namespace jnlp {

struct LoadPlan {
  sockaddr_in server{};
  std::vector<std::string> requests;  ///< heads and bodies, sent in turns
  int connections = 1;
  bool is_fresh = false;    ///< a connection for each request
  double seconds = 10;      ///< in which requests are sent
  int64_t most = 0;         ///< requests; 0: as many as there is time for
  double rate = 0;          ///< requests a second; 0: closed loop
  bool is_even = false;     ///< equal distances, else those of a Poisson process
  int64_t deadline_ns = 0;  ///< 0: none
  double grace = 5;         ///< seconds to wait for answers after the last request
};

/// One run of requests from one thread.
///
/// Closed loop: each connection sends when its answer has come. Open loop: the times at which
/// requests are sent are fixed before and do not wait for answers. A request takes a connection
/// that is idle or opens one; without any left it waits, which its latency shows.
class LoadRun {
 public:
  explicit LoadRun(LoadPlan plan);
  ~LoadRun();
  LoadRun(const LoadRun&) = delete;
  LoadRun& operator=(const LoadRun&) = delete;

  /// @throws Error io when nobody listens, or no longer.
  OrderedJson run();

 private:
  struct Client {
    std::unique_ptr<ClientConnection> connection;
    int64_t intended_ns = 0;
  };

  int64_t now() const;
  bool may_send(int64_t now_ns) const;
  int64_t next_distance();
  void start_closed();
  void send_due();
  void send(Client& client, int64_t intended_ns);
  void settle(Client& client, ClientConnection::Outcome outcome);
  void wait();
  void set_timer(int64_t at_ns) const;

  const LoadPlan plan_;
  Tally tally_;
  const int epoll_;
  const int timer_;
  const int64_t start_;
  std::vector<Client> clients_;
  std::vector<Client*> idle_;  // the one used last is used first, so that few are kept warm
  std::deque<int64_t> due_;    // intended times that found no connection yet
  std::mt19937_64 random_{1};
  int64_t next_at_ns_ = 0;
  int64_t end_ns_ = 0;
  int64_t in_flight_ = 0;
  int broken_in_a_row_ = 0;
  size_t next_request_ = 0;
};

}  // namespace jnlp
