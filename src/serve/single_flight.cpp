#include "serve/single_flight.h"

#include "serve/check_wanted.h"
#include "serve/wake_flag.h"

namespace jnlp {

// Stands on the stack of the waiting thread.
struct SingleFlight::Follower {
  CachedValue value;  // null: it is the leader now
  bool chosen = false;
  WakeFlag woken;
};

CachedValue SingleFlight::run(const CacheKey& key, const WorkContext& context,
                              const std::function<CachedValue()>& compute) {
  Shard& shard = shard_of(key);
  Follower self;
  bool follows = false;
  {
    const std::lock_guard lock(shard.mutex);
    const auto [flight, is_new] = shard.flights.try_emplace(key);
    follows = !is_new;
    if (follows) flight->second.push_back(&self);
  }
  if (follows) {
    if (CachedValue value = follow(shard, key, context, self)) return value;
  }
  return lead(key, [&] {
    if (follows) check_wanted(context);  // it may have waited for long
    return compute();
  });
}

// Null when this one has to lead.
CachedValue SingleFlight::follow(Shard& shard, const CacheKey& key, const WorkContext& context,
                                 Follower& self) {
  if (!context.deadline) {
    self.woken.wait();
  } else if (!self.woken.wait_until(*context.deadline)) {
    bool left = false;
    {
      const std::lock_guard lock(shard.mutex);
      left = !self.chosen;
      if (left) shard.flights.find(key)->second.remove(&self);
    }
    if (left) check_wanted(context);
    self.woken.wait();  // just about to be set
  }
  return self.value;
}

CachedValue SingleFlight::lead(const CacheKey& key, const std::function<CachedValue()>& compute) {
  CachedValue value;
  try {
    value = compute();
  } catch (...) {
    give_up(key);
    throw;
  }
  land(key, value);
  return value;
}

bool SingleFlight::try_lead(const CacheKey& key) {
  Shard& shard = shard_of(key);
  const std::lock_guard lock(shard.mutex);
  return shard.flights.try_emplace(key).second;
}

void SingleFlight::land(const CacheKey& key, const CachedValue& value) {
  Shard& shard = shard_of(key);
  std::list<Follower*> followers;
  {
    const std::lock_guard lock(shard.mutex);
    const auto flight = shard.flights.find(key);
    followers.swap(flight->second);
    shard.flights.erase(flight);
    for (Follower* follower : followers) {
      follower->value = value;
      follower->chosen = true;
    }
  }
  for (Follower* follower : followers) follower->woken.set();
}

void SingleFlight::give_up(const CacheKey& key) {
  Shard& shard = shard_of(key);
  Follower* next = nullptr;
  {
    const std::lock_guard lock(shard.mutex);
    const auto flight = shard.flights.find(key);
    if (flight->second.empty()) {
      shard.flights.erase(flight);
      return;
    }
    next = flight->second.front();
    flight->second.pop_front();
    next->chosen = true;
  }
  next->woken.set();
}

int64_t SingleFlight::followers() const {
  int64_t count = 0;
  for (const Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    for (const auto& [key, waiting] : shard.flights) count += static_cast<int64_t>(waiting.size());
  }
  return count;
}

}  // namespace jnlp
