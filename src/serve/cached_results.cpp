#include "serve/cached_results.h"

namespace jnlp {

CachedValue CachedResults::get(const CacheKey& key, const WorkContext& context,
                               const std::function<std::string()>& compute) {
  return flights_.run(key, context, [&] { return get_as_leader(key, compute); });
}

CachedValue CachedResults::get_as_leader(const CacheKey& key,
                                         const std::function<std::string()>& compute) {
  // Another leader may have finished since this request looked.
  if (CachedValue value = cache_.peek(key)) return value;
  CachedValue value = redis_ != nullptr ? redis_->find(key) : nullptr;
  if (value == nullptr) {
    value = std::make_shared<const std::string>(compute());
    if (redis_ != nullptr) redis_->insert(key, value);
  }
  cache_.insert(key, value);
  return value;
}

}  // namespace jnlp
