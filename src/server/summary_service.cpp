#include "server/summary_service.h"

#include <fmt/format.h>

#include <algorithm>

namespace jnlp {
namespace {

// All that summaries depend on besides model and texts.
std::string parameters_of(const SummaryOptions& options) {
  return fmt::format("max_sentences={} max_words={} min_words={}", options.max_sentences,
                     options.max_words, options.min_words);
}

// The request must outlive them.
SummaryOptions ended_with(const http::Request& request, SummaryOptions options) {
  options.given_up = [&request] { return request.cancelled() || request.expired(); };
  return options;
}

}  // namespace

template <>
Work estimated_work<ExtractiveSummarizer>(const std::vector<std::string>& texts) {
  constexpr int64_t kTokensPerSentence = 25;
  const int64_t tokens = estimated_tokens(texts);
  const int64_t sentences =
      std::max(static_cast<int64_t>(texts.size()), tokens / kTokensPerSentence);
  return {sentences, tokens + 2 * sentences};
}

http::Begun ChosenSummaries::answer(const http::Request& request, const Texts& texts,
                                    const SummaryOptions& options, const Render& render) {
  return service_->answer(
      request, parameters_of(options), *texts,
      [&request, texts, options, render](ExtractiveSummarizer& summarizer) {
        return render(summarizer.run(*texts, ended_with(request, options)));
      },
      json_response);
}

WrittenSummaries::WrittenSummaries(ServedFacts facts, std::unique_ptr<Summarizer> summarizer,
                                   const TurnOptions& options, CachedResults& cache,
                                   std::shared_ptr<QueueMetrics> metrics)
    : facts_(std::move(facts)),
      summarizer_(std::move(summarizer)),
      metrics_(std::move(metrics)),
      turns_(options, {metrics_}),
      cache_(cache) {}

http::Begun WrittenSummaries::answer(const http::Request& request, const Texts& texts,
                                     const SummaryOptions& options, const Render& render) {
  const CacheKey key = result_key(facts_, parameters_of(options), *texts);
  if (const CachedValue value = cache_.find(key)) return json_response(*value);
  return http::Rest([self = shared_from_this(), &request, key, texts, options, render] {
    return json_response(*with_http_errors([&] {
      return self->cache_.get(key, context_of(request),
                              [&] { return self->written(request, *texts, options, render); });
    }));
  });
}

std::string WrittenSummaries::written(const http::Request& request,
                                      const std::vector<std::string>& texts,
                                      const SummaryOptions& options, const Render& render) {
  const Work work{static_cast<int64_t>(texts.size()), estimated_tokens(texts)};
  std::string body;
  try {
    turns_.run(work, context_of(request),
               [&] { body = render(summarizer_->run(texts, ended_with(request, options))); });
  } catch (const Overloaded& refusal) {
    metrics_->on_refusal(refusal.reason());
    throw;
  }
  return body;
}

}  // namespace jnlp
