#pragma once

#include <algorithm>
#include <cstdint>
#include <list>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace jnlp {

/// Whose turn it is: self-clocked fair queueing (Golestani 1994) of tokens between flows.
///
/// A flow's next sequence has a tag: where the flow stands on a common scale, plus its tokens. The
/// smallest tag is next, and the scale moves on to it. A flow that comes (back) starts where the
/// scale is, so it neither has to catch up nor has saved up turns. This is deficit round robin
/// without a quantum to tune:
/// - Of two flows that both have work all the time, neither gets more than the longest sequences of
///   both together ahead of the other, in tokens.
/// - Before a sequence of L tokens that is the first of its flow, every other flow gets at most L
///   tokens and one sequence, whatever it has waiting; so does a caller that sends its next
///   call, as a flow of its own, when the last one is answered. Among N of them a short sequence
///   and a long one take N times as long as alone; neither starves the other.
/// Ordering by where sequences start instead would let callers of single sequences, who each start
/// at the scale, keep it from moving and starve the large calls.
///
/// Within a flow the items take turns, one sequence each.
/// All operations take logarithmic time in the number of flows. Not thread-safe.
template <typename Item>
class FairOrder {
 public:
  bool empty() const { return turns_.empty(); }

  /// `tokens`: of the item's first sequence.
  void add(uint64_t flow_key, Item item, int64_t tokens) {
    Flow& flow = flows_[flow_key];
    flow.items.push_back({item, tokens});
    if (flow.items.size() == 1) {
      flow.start = now_;
      queue_up(flow_key, flow);
    }
  }

  /// The item that may take a sequence now. Must not be empty.
  Item next() const { return flows_.find(turns_.begin()->flow_key)->second.items.front().item; }

  /// The item from next() took its sequence; its next one has so many tokens, 0: that was its last.
  void take(int64_t next_tokens) {
    const auto [tag, turn, flow_key] = *turns_.begin();
    turns_.erase(turns_.begin());
    now_ = tag;
    Flow& flow = flows_.find(flow_key)->second;
    flow.start = tag;
    if (next_tokens > 0) {
      flow.items.front().tokens = next_tokens;
      flow.items.splice(flow.items.end(), flow.items, flow.items.begin());
    } else {
      flow.items.pop_front();
    }
    queue_up(flow_key, flow);
  }

  /// Takes an item out that will take nothing more.
  void remove(uint64_t flow_key, Item item) {
    Flow& flow = flows_.find(flow_key)->second;
    turns_.erase({flow.tag, flow.turn, flow_key});
    flow.items.remove_if([&](const Waiting& waiting) { return waiting.item == item; });
    queue_up(flow_key, flow);
  }

  template <typename Visit>
  void for_each(Visit visit) const {
    for (const auto& [key, flow] : flows_) {
      for (const Waiting& waiting : flow.items) visit(waiting.item);
    }
  }

 private:
  struct Waiting {
    Item item;
    int64_t tokens;  // of its next sequence
  };
  struct Flow {
    int64_t start = 0;  // where it stands on the scale
    int64_t tag = 0;
    uint64_t turn = 0;
    std::list<Waiting> items;
  };
  struct Turn {
    int64_t tag;
    uint64_t turn;  // of one tag, who has waited longest is first
    uint64_t flow_key;
    bool operator<(const Turn& other) const {
      return std::tie(tag, turn) < std::tie(other.tag, other.turn);
    }
  };

  // A flow without work need not be remembered: the scale has come to where it stands.
  void queue_up(uint64_t flow_key, Flow& flow) {
    if (flow.items.empty()) {
      flows_.erase(flow_key);
      return;
    }
    flow.tag = flow.start + std::max<int64_t>(flow.items.front().tokens, 1);
    flow.turn = next_turn_++;
    turns_.insert({flow.tag, flow.turn, flow_key});
  }

  std::unordered_map<uint64_t, Flow> flows_;
  std::set<Turn> turns_;
  int64_t now_ = 0;  // the tag taken last
  uint64_t next_turn_ = 0;
};

}  // namespace jnlp
