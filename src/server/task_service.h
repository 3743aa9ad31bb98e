#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/request.h"
#include "http/response.h"
#include "http/router.h"
#include "serve/cached_results.h"
#include "serve/overloaded.h"
#include "serve/served_model.h"
#include "server/metrics.h"
#include "server/stages.h"
#include "tasks/model.h"
#include "tasks/prepared.h"

namespace jnlp {

/// What is served for one task: which model, and the key of its results in caches.
struct ServedFacts {
  std::string task;    ///< "sentiment"
  std::string model;   ///< as the user named it
  std::string digest;  ///< of weights and arithmetic: results are the same where it is
};

/// What can be said of a model without asking it.
struct ModelFacts {
  std::shared_ptr<const Tokenizer> tokenizer;
  std::vector<std::string> labels;  ///< of a classifier
  int64_t max_length = 0;           ///< tokens of a sequence
  int64_t output_size = 0;          ///< labels, or dimensions
};
ModelFacts model_facts(const LoadedModel& model);

/// A refusal as HTTP has it: 429 or 503 with Retry-After. @throws http::HttpError.
[[noreturn]] void throw_as_http(const Overloaded& refusal);

/// In a handler of exceptions: what the queue, the cache and a task throw as what clients are told:
/// 429 or 503 with Retry-After, 422 for input that a task refuses; the rest as it is.
[[noreturn]] void rethrow_as_http();

template <typename Answer>
auto with_http_errors(const Answer& answer) {
  try {
    return answer();
  } catch (...) {
    rethrow_as_http();
  }
}

/// The tokens that texts will have, before they are tokenized: a guess that admission works with.
int64_t estimated_tokens(const std::vector<std::string>& texts);

/// What a request asks of a task's model, as far as it is known before it is tokenized.
template <typename Task>
Work estimated_work(const std::vector<std::string>& texts) {
  return {static_cast<int64_t>(texts.size()), estimated_tokens(texts)};
}

/// The key of an answer in caches. `parameters` and `texts`: all that it depends on besides the
/// model.
CacheKey result_key(const ServedFacts& facts, std::string_view parameters,
                    const std::vector<std::string>& texts);

/// A context for the queue from a request. The request must outlive it.
WorkContext context_of(const http::Request& request);

/// One task of an encoder as handlers use it: admission, cache, queue and model behind one call.
/// Thread-safe. Owned by std::shared_ptr.
template <typename Task>
class TaskService : public std::enable_shared_from_this<TaskService<Task>> {
 public:
  /// `cache` must outlive the service.
  TaskService(ServedFacts facts, LoadedModel model, const ServeOptions& options,
              CachedResults& cache, std::shared_ptr<QueueMetrics> metrics)
      : facts_(std::move(facts)),
        description_(model.backend->description()),
        model_(model_facts(model)),
        metrics_(std::move(metrics)),
        served_(counting(std::move(model), *metrics_), options, metrics_),
        cache_(cache) {}

  /// What `respond` makes of an answer's body: at once when it is in this process's cache, else by
  /// a rest that takes it from elsewhere or has `compute` make it with an instance of the task.
  /// Admission is asked at once, so that a refusal does not wait for a thread, but not where
  /// another request computes the same. `parameters` and `texts` say all that the body depends on
  /// besides the model. `times`, if given, is filled when it was computed for this very request;
  /// what it points to must live as long as `compute`.
  /// @throws http::HttpError as with_http_errors(); so does the rest.
  template <typename Compute, typename Respond>
  http::Begun answer(const http::Request& request, std::string_view parameters,
                     const std::vector<std::string>& texts, Compute compute, Respond respond,
                     WorkTimes* times = nullptr) {
    const CacheKey key = result_key(facts_, parameters, texts);
    if (const CachedValue value = cache_.find(key)) return respond(*value);
    const Work work = estimated_work<Task>(texts);
    if constexpr (is_prepared<std::invoke_result_t<Compute&, Task&>>) {
      auto lead = work.tokens <= kMostQuickTokens ? cache_.try_lead(key) : nullptr;
      if (lead != nullptr) {
        return compute_later(request, work, std::move(lead), compute, std::move(respond), times);
      }
    }
    std::shared_ptr<Ticket> ticket;
    if (cache_.would_compute(key)) {
      ticket = admit(work, context_of(request));
    }
    return http::Rest([self = this->shared_from_this(), &request, key, work, ticket,
                       compute = std::move(compute), respond = std::move(respond), times] {
      WorkContext context = context_of(request);
      WorkTimes own_times;
      context.times = times != nullptr ? times : &own_times;
      const CachedValue value = with_http_errors([&] {
        return self->cache_.get(key, context, [&] {
          // Whom this request followed may have failed.
          const auto late = ticket == nullptr ? self->admit(work, context) : nullptr;
          return self->computed(compute, context);
        });
      });
      return respond(*value);
    });
  }

  const ServedFacts& facts() const { return facts_; }
  const std::string& description() const { return description_; }
  const ModelFacts& model() const { return model_; }
  const ServedModel<Task>& served() const { return served_; }
  void drain() { served_.drain(); }

 private:
  using Ticket = Admission::Ticket;
  // More would keep the I/O thread from its other clients: these take it a tenth of a millisecond.
  static constexpr int64_t kMostQuickTokens = 512;

  // @throws http::HttpError.
  std::shared_ptr<Ticket> admit(const Work& work, const WorkContext& context) {
    try {
      return std::make_shared<Ticket>(served_.admit(work, context));
    } catch (const Overloaded& refusal) {
      metrics_->on_refusal(refusal.reason());
      throw_as_http(refusal);
    }
  }

  template <typename Compute>
  std::string computed(const Compute& compute, const WorkContext& context) {
    const auto task = served_.take(context);
    const auto begin = WorkContext::Clock::now();
    std::string body;
    if constexpr (is_prepared<std::invoke_result_t<Compute&, Task&>>) {
      body = run_prepared(*task->model().backend, compute(*task));
    } else {
      body = compute(*task);
    }
    note_times(begin, *context.times);
    return body;
  }

  // An answer that the queue computes while no thread waits for it.
  struct Pending {
    std::shared_ptr<TaskService> service;
    std::unique_ptr<CachedResults::Lead> lead;
    std::shared_ptr<Ticket> ticket;
    WorkContext::Clock::time_point begin;
    WorkTimes own_times;
    WorkContext context;
    Prepared<std::string> prepared;
    std::function<http::Response(const std::string&)> respond;

    http::Response answer(const BatchQueue::Outcome& outcome) {
      if (outcome.error) std::rethrow_exception(outcome.error);
      const Head head = service->served_.queue().backend().head();
      const auto body = std::make_shared<const std::string>(
          prepared.finish(split_output(outcome.output, head, prepared.encodings)));
      service->note_times(begin, *context.times);
      lead->land(body);
      ticket.reset();
      return respond(*body);
    }
  };

  template <typename Compute>
  http::Later compute_later(const http::Request& request, const Work& work,
                            std::unique_ptr<CachedResults::Lead> lead, const Compute& compute,
                            std::function<http::Response(const std::string&)> respond,
                            WorkTimes* times) {
    const auto pending = std::make_shared<Pending>();
    pending->service = this->shared_from_this();
    pending->lead = std::move(lead);
    pending->context = context_of(request);
    pending->context.times = times != nullptr ? times : &pending->own_times;
    pending->respond = std::move(respond);
    pending->ticket = admit(work, pending->context);
    Batch batch;
    with_http_errors([&] {
      pending->begin = WorkContext::Clock::now();
      pending->prepared = compute(*served_.take(pending->context));
      for (const Encoding& encoding : pending->prepared.encodings) {
        batch.add(encoding.ids, encoding.type_ids);
      }
    });
    // What the queue's thread has of `pending` is moved on: were it the last to let go of the
    // service, it would have to wait for itself.
    return [pending, batch = std::move(batch)](const http::Deliver& deliver) {
      pending->service->served_.submit(
          batch, pending->context, [pending, deliver](BatchQueue::Outcome outcome) mutable {
            deliver([pending = std::move(pending), outcome = std::move(outcome)] {
              return with_http_errors([&] { return pending->answer(outcome); });
            });
          });
    };
  }

  static LoadedModel counting(LoadedModel model, const QueueMetrics& metrics) {
    model.truncated = metrics.truncated();
    return model;
  }

  void note_times(WorkContext::Clock::time_point begin, const WorkTimes& times) {
    if (!times.entered) return;
    const std::chrono::duration<double> tokenize = *times.entered - begin;
    const std::chrono::duration<double> rest = WorkContext::Clock::now() - *times.entered;
    metrics_->on_answer(tokenize.count(), (rest - times.waited - times.computed).count());
  }

  const ServedFacts facts_;
  const std::string description_;
  const ModelFacts model_;
  const std::shared_ptr<QueueMetrics> metrics_;
  ServedModel<Task> served_;
  CachedResults& cache_;
};

}  // namespace jnlp
