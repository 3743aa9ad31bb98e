#include "serve/cached_results.h"

#include <utility>

namespace jnlp {

CachedValue CachedResults::get(const CacheKey& key, const WorkContext& context,
                               const std::function<std::string()>& compute) {
  return flights_.run(key, context, [&] { return get_as_leader(key, compute); });
}

std::unique_ptr<CachedResults::Lead> CachedResults::try_lead(const CacheKey& key) {
  if (redis_ != nullptr || !flights_.try_lead(key)) return nullptr;
  return std::make_unique<Lead>(*this, key);
}

void CachedResults::Lead::land(const CachedValue& value) {
  results_->cache_.insert(key_, value);
  std::exchange(results_, nullptr)->flights_.land(key_, value);
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
