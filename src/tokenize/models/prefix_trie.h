#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace jnlp::tok {

/// Finds all keys that a text begins with. Nodes are numbered level by level, so that the children
/// of one node are neighbours and their labels are searched in one go.
class PrefixTrie {
 public:
  using Entry = std::pair<std::string_view, int32_t>;

  PrefixTrie() = default;
  /// Values must be >= 0. Of equal keys the last one counts; empty keys are left out.
  explicit PrefixTrie(std::vector<Entry> entries);

  /// Calls visit(length, value) for every key that is a prefix of `text`, shortest first.
  template <typename Visit>
  void for_each_prefix(std::string_view text, Visit visit) const {
    uint32_t node = 0;
    for (size_t i = 0; i < text.size(); ++i) {
      node = child(node, static_cast<unsigned char>(text[i]));
      if (node == 0) return;
      if (values_[node] >= 0) visit(i + 1, values_[node]);
    }
  }

  struct Longest {
    size_t length = 0;
    int32_t value = -1;
  };
  /// The longest key that is a prefix of `text`; value -1 for none.
  Longest longest_prefix(std::string_view text) const {
    Longest longest;
    for_each_prefix(text, [&](size_t length, int32_t value) { longest = {length, value}; });
    return longest;
  }

 private:
  // The root is never a child, so 0 stands for "none".
  uint32_t child(uint32_t node, unsigned char label) const {
    if (node == 0) return root_.empty() ? 0 : root_[label];
    const uint32_t begin = first_child_[node];
    const uint32_t end = first_child_[node + 1];
    const void* found =
        begin == end ? nullptr : __builtin_memchr(labels_.data() + begin, label, end - begin);
    if (found == nullptr) return 0;
    return static_cast<uint32_t>(static_cast<const unsigned char*>(found) - labels_.data());
  }

  std::vector<uint32_t> root_;         // child of the root for each label
  std::vector<uint32_t> first_child_;  // one more than there are nodes
  std::vector<unsigned char> labels_;  // label of the edge into each node
  std::vector<int32_t> values_;        // -1 inside of keys
};

}  // namespace jnlp::tok
