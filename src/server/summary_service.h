#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "http/request.h"
#include "serve/cached_results.h"
#include "serve/turn_queue.h"
#include "server/metrics.h"
#include "server/task_service.h"
#include "tasks/extractive_summarizer.h"
#include "tasks/summarizer.h"

namespace jnlp {

/// A summary's sentences are its model's sequences; one has about 25 tokens.
template <>
Work estimated_work<ExtractiveSummarizer>(const std::vector<std::string>& texts);

/// Summaries as handlers use them: admission, cache, queue and model behind one call. Thread-safe.
class SummaryService {
 public:
  using Texts = std::shared_ptr<const std::vector<std::string>>;
  using Render = std::function<std::string(const std::vector<Summary>&)>;

  virtual ~SummaryService() = default;

  /// The body that `render` makes of the texts' summaries: at once from the cache, else by a rest
  /// that computes it. Work ends when the request's time is over or its client has gone.
  /// @throws http::HttpError as with_http_errors(); so does the rest.
  virtual http::Begun answer(const http::Request& request, const Texts& texts,
                             const SummaryOptions& options, const Render& render) = 0;
  virtual const ServedFacts& facts() const = 0;
  virtual QueueDepth depth() const = 0;
  /// Predicted milliseconds of all that is admitted and not done.
  virtual double queued_ms() const = 0;
};

/// Sentences chosen by an encoder: they go through its queue batch by batch, as texts of any task,
/// so several summaries are computed side by side and none holds up others for longer than a batch.
class ChosenSummaries : public SummaryService {
 public:
  /// As TaskService.
  ChosenSummaries(ServedFacts facts, LoadedModel model, const ServeOptions& options,
                  CachedResults& cache, std::shared_ptr<QueueMetrics> metrics)
      : service_(std::make_shared<Service>(std::move(facts), std::move(model), options, cache,
                                           std::move(metrics))) {}

  http::Begun answer(const http::Request& request, const Texts& texts,
                     const SummaryOptions& options, const Render& render) override;
  const ServedFacts& facts() const override { return service_->facts(); }
  QueueDepth depth() const override { return service_->served().queue().depth(); }
  double queued_ms() const override { return service_->served().admission().queued_ms(); }

 private:
  using Service = TaskService<ExtractiveSummarizer>;
  const std::shared_ptr<Service> service_;
};

/// Summaries by anything else, of which a model writes one request's at a time: requests take
/// turns. Owned by std::shared_ptr.
class WrittenSummaries : public SummaryService,
                         public std::enable_shared_from_this<WrittenSummaries> {
 public:
  /// As TaskService.
  WrittenSummaries(ServedFacts facts, std::unique_ptr<Summarizer> summarizer,
                   const TurnOptions& options, CachedResults& cache,
                   std::shared_ptr<QueueMetrics> metrics);

  http::Begun answer(const http::Request& request, const Texts& texts,
                     const SummaryOptions& options, const Render& render) override;
  const ServedFacts& facts() const override { return facts_; }
  QueueDepth depth() const override { return turns_.depth(); }
  double queued_ms() const override { return turns_.queued_ms(); }

 private:
  std::string written(const http::Request& request, const std::vector<std::string>& texts,
                      const SummaryOptions& options, const Render& render);

  const ServedFacts facts_;
  const std::unique_ptr<Summarizer> summarizer_;  // for whoever has the turn
  const std::shared_ptr<QueueMetrics> metrics_;
  TurnQueue turns_;
  CachedResults& cache_;
};

}  // namespace jnlp
