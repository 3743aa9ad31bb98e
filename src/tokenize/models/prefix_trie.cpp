#include "tokenize/models/prefix_trie.h"

#include <algorithm>
#include <cstddef>

namespace jnlp::tok {
namespace {

// The sorted keys [begin, end) share their first `depth` bytes and lie below one node.
struct Subtree {
  uint32_t begin;
  uint32_t end;
};

}  // namespace

PrefixTrie::PrefixTrie(std::vector<Entry> entries) {
  std::stable_sort(entries.begin(), entries.end(),
                   [](const Entry& a, const Entry& b) { return a.first < b.first; });
  const auto label_at = [&](uint32_t key, size_t depth) {
    return static_cast<unsigned char>(entries[key].first[depth]);
  };
  labels_.push_back(0);
  values_.push_back(-1);
  std::vector<Subtree> level{{0, static_cast<uint32_t>(entries.size())}};
  for (size_t depth = 0; !level.empty(); ++depth) {
    std::vector<Subtree> next;
    for (const Subtree& node : level) {
      first_child_.push_back(static_cast<uint32_t>(labels_.size()));
      uint32_t key = node.begin;
      // Keys that end here sort first; their value is already known to the node.
      while (key < node.end && entries[key].first.size() == depth) ++key;
      while (key < node.end) {
        const unsigned char label = label_at(key, depth);
        Subtree child{key, key};
        int32_t value = -1;
        for (; child.end < node.end && label_at(child.end, depth) == label; ++child.end) {
          if (entries[child.end].first.size() == depth + 1) value = entries[child.end].second;
        }
        labels_.push_back(label);
        values_.push_back(value);
        next.push_back(child);
        key = child.end;
      }
    }
    level = std::move(next);
  }
  first_child_.push_back(static_cast<uint32_t>(labels_.size()));
  root_.assign(256, 0);
  for (uint32_t node = first_child_[0]; node < first_child_[1]; ++node) root_[labels_[node]] = node;
}

}  // namespace jnlp::tok
