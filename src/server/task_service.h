#pragma once

#include <memory>
#include <optional>
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

  /// What `respond` makes of an answer's body: at once when it is in this process's cache, else
  /// after it was taken from elsewhere or made by `compute` with an instance of the task. `compute`
  /// gives the body, or, Prepared, what the model has to compute for it: a short one of those takes
  /// no thread that waits. Admission is asked at once, so that a refusal does not wait for a
  /// thread; not where another request computes the same, nor before Redis was. `parameters` and
  /// `texts` say all that the body depends on besides the model. `times`, if given, is filled when
  /// it was computed for this very request; what it points to must live as long as `respond`.
  /// `work`, if given, is what the texts ask of the model.
  /// @throws http::HttpError as with_http_errors(); so does the rest.
  template <typename Compute, typename Respond>
  http::Begun answer(const http::Request& request, std::string_view parameters,
                     const std::vector<std::string>& texts, Compute compute, Respond respond,
                     WorkTimes* times = nullptr, std::optional<Work> work = {}) {
    const CacheKey key = result_key(facts_, parameters, texts);
    if (const CachedValue value = cache_.find(key)) return respond(*value);
    const auto asked = std::make_shared<Asked>();
    asked->service = this->shared_from_this();
    asked->work = work.value_or(estimated_work<Task>(texts));
    asked->context = context_of(request);
    asked->context.times = times != nullptr ? times : &asked->own_times;
    asked->respond = std::move(respond);
    asked->lead = cache_.try_lead(key);
    if (asked->lead == nullptr) return wait_for(key, asked, std::move(compute));
    asked->ticket = admit(asked->work, asked->context);
    if constexpr (is_prepared<std::invoke_result_t<Compute&, Task&>>) {
      if (asked->work.tokens <= kMostQuickTokens) return compute_later(asked, compute);
    }
    return http::Rest([asked, compute = std::move(compute)] {
      return asked->land(
          with_http_errors([&] { return asked->service->computed(compute, asked->context); }));
    });
  }

  const ServedFacts& facts() const { return facts_; }
  const std::string& description() const { return description_; }
  const ModelFacts& model() const { return model_; }
  const ServedModel<Task>& served() const { return served_; }
  void drain() { served_.drain(); }

 private:
  using Ticket = Admission::Ticket;
  // More would keep the I/O thread from its other clients: these take it a few tenths of a
  // millisecond at most.
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

  // A request whose answer was not known. The order is that of need: what is first goes last.
  struct Asked {
    std::shared_ptr<TaskService> service;
    Work work;
    WorkTimes own_times;
    WorkContext context;
    std::function<http::Response(const std::string&)> respond;
    std::unique_ptr<CachedResults::Lead> lead;  // null: somebody else may have it
    std::shared_ptr<Ticket> ticket;
    WorkContext::Clock::time_point begin;
    Prepared<std::string> prepared;

    http::Response land(std::string body) {
      const auto value = std::make_shared<const std::string>(std::move(body));
      lead->land(value);
      ticket->answered();
      ticket.reset();
      return respond(*value);
    }
    http::Response finish(const BatchQueue::Outcome& outcome) {
      return land(with_http_errors([&] {
        if (outcome.error) std::rethrow_exception(outcome.error);
        const Head head = service->served_.queue().backend().head();
        std::string body = prepared.finish(split_output(outcome.output, head, prepared.encodings));
        service->note_times(begin, *context.times);
        return body;
      }));
    }
  };

  // For a result of another request, or of Redis.
  template <typename Compute>
  http::Rest wait_for(const CacheKey& key, const std::shared_ptr<Asked>& asked, Compute compute) {
    return [key, asked, compute = std::move(compute)] {
      const auto& service = asked->service;
      return asked->respond(*with_http_errors([&] {
        return service->cache_.get(key, asked->context, [&] {
          const auto ticket = service->admit(asked->work, asked->context);
          std::string body = service->computed(compute, asked->context);
          ticket->answered();
          return body;
        });
      }));
    };
  }

  template <typename Compute>
  http::Later compute_later(const std::shared_ptr<Asked>& asked, const Compute& compute) {
    Batch batch;
    with_http_errors([&] {
      asked->begin = WorkContext::Clock::now();
      asked->prepared = compute(*served_.take(asked->context));
      for (const Encoding& encoding : asked->prepared.encodings) {
        batch.add(encoding.ids, encoding.type_ids);
      }
    });
    // What the queue's thread has of `asked` is moved on: were it the last to let go of the
    // service, it would have to wait for itself.
    return [asked, batch = std::move(batch)](const http::Deliver& deliver) {
      asked->service->served_.submit(
          batch, asked->context, [asked = asked, deliver](BatchQueue::Outcome outcome) mutable {
            deliver([asked = std::move(asked), outcome = std::move(outcome)] {
              return asked->finish(outcome);
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
