#pragma once

#include <cstdint>
#include <string>

#include "serve/cache_key.h"

namespace jnlp::test {

/// One key for each number.
inline CacheKey key_of(uint64_t number) {
  return cache_key("model", "task", "", std::to_string(number));
}

}  // namespace jnlp::test
