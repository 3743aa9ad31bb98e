#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace jnlp {

/// What a result depends on, in 128 bits.
struct CacheKey {
  uint64_t high = 0;
  uint64_t low = 0;

  bool operator==(const CacheKey&) const = default;
  /// 32 lower-case digits.
  std::string hex() const;
};

/// The first half of a SHA-256 over all parts and their lengths. Not a faster, unkeyed hash such as
/// XXH3: with one of those a client could make a text that has the key of somebody else's text, and
/// have its own result served there. Two honest texts meet with a probability of 2^-128; among 2^32
/// cached ones any two with 2^-65.
/// `parameters` must be the same text for requests that mean the same.
/// @throws Error internal when OpenSSL fails.
CacheKey cache_key(std::string_view model_digest, std::string_view task,
                   std::string_view parameters, std::string_view text);

struct CacheKeyHash {
  size_t operator()(const CacheKey& key) const { return static_cast<size_t>(key.low); }
};

}  // namespace jnlp
