#include "serve/admission.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "serve/overloaded.h"

namespace jnlp {
namespace {

constexpr double kOnTime = 0.99;  // of the answers
constexpr double kStep = 0.05;    // by which a late answer stretches predictions
constexpr double kLeastStretch = 0.5;
constexpr double kMostStretch = 4;    // a pause of the whole machine is not believed to last
constexpr double kBesideModelMs = 1;  // of a request, for threads to wake up

double milliseconds(WorkContext::Clock::duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

std::chrono::milliseconds whole_ms(double milliseconds) {
  return std::chrono::milliseconds(static_cast<int64_t>(std::ceil(std::max(milliseconds, 1.0))));
}

int64_t quotient_up(int64_t value, int64_t divisor) {
  return (value + divisor - 1) / std::max<int64_t>(divisor, 1);
}

}  // namespace

Admission::Admission(std::shared_ptr<const CostModel> model, const BatchLimits& limits,
                     const AdmissionOptions& options)
    : model_(std::move(model)), limits_(limits), options_(options) {}

Admission::Ticket::Ticket(Ticket&& other) noexcept
    : admission_(std::exchange(other.admission_, nullptr)),
      work_(other.work_),
      predicted_ms_(other.predicted_ms_),
      is_answered_(other.is_answered_),
      admitted_(other.admitted_) {}

Admission::Ticket::~Ticket() {
  if (admission_ != nullptr) admission_->give_back(*this);
}

Admission::Ticket Admission::admit(const Work& work,
                                   std::optional<WorkContext::Clock::time_point> deadline) {
  const std::lock_guard lock(mutex_);
  const double total =
      predict_ms({admitted_.sequences + work.sequences, admitted_.tokens + work.tokens});
  const double over = total - static_cast<double>(options_.max_queue_ms);
  if (over > 0 && !requests_by_tokens_.empty()) {
    throw Overloaded(Refusal::queue_full, whole_ms(over),
                     fmt::format("the queue is full: {:.0f} ms of work are waiting; try again in "
                                 "{} ms",
                                 predict_ms(admitted_), whole_ms(over).count()));
  }
  const double predicted = predict_answer_ms(work) + kBesideModelMs;
  if (deadline) {
    const double left = milliseconds(*deadline - WorkContext::Clock::now());
    // One that comes alone is let in by what is predicted, as only answers bring the stretch down.
    const double stretch = requests_by_tokens_.empty() ? std::min(stretch_, 1.0) : stretch_;
    const double needed = predicted * stretch;
    if (needed > left) {
      throw Overloaded(Refusal::no_time, whole_ms(needed - left),
                       fmt::format("the answer would take up to {:.0f} ms, but its deadline is in "
                                   "{:.0f} ms",
                                   needed, std::max(left, 0.0)));
    }
  }
  ++requests_by_tokens_[work.tokens];
  admitted_.sequences += work.sequences;
  admitted_.tokens += work.tokens;
  return Ticket(*this, work, predicted);
}

double Admission::queued_ms() const {
  const std::lock_guard lock(mutex_);
  return predict_ms(admitted_);
}

double Admission::stretch() const {
  const std::lock_guard lock(mutex_);
  return stretch_;
}

void Admission::give_back(const Ticket& ticket) {
  const double took = milliseconds(WorkContext::Clock::now() - ticket.admitted_);
  const Work& work = ticket.work_;
  const std::lock_guard lock(mutex_);
  // Up and down in a ratio that comes to rest where kOnTime of the answers are below.
  const bool is_late = took > ticket.predicted_ms_ * stretch_;
  if (ticket.is_answered_ || is_late) {
    stretch_ = std::clamp(stretch_ + kStep * (is_late ? kOnTime : kOnTime - 1), kLeastStretch,
                          kMostStretch);
  }
  admitted_.sequences -= work.sequences;
  admitted_.tokens -= work.tokens;
  const auto entry = requests_by_tokens_.find(work.tokens);
  if (--entry->second == 0) requests_by_tokens_.erase(entry);
}

double Admission::predict_ms(const Work& work) const {
  if (work.sequences == 0) return 0;
  const int64_t batches = std::max(quotient_up(work.sequences, limits_.max_sequences),
                                   quotient_up(work.tokens, limits_.max_tokens));
  return model_->predict_ms(batches, work.tokens);
}

// Until all of the request is computed: the others get its length each. What runs now cannot be
// taken back, though: it may be a batch of one large request.
double Admission::predict_answer_ms(const Work& work) const {
  int64_t others = 0;
  int64_t requests = 0;
  for (const auto& [tokens, count] : requests_by_tokens_) {
    others += std::min(tokens, work.tokens) * count;
    requests += count;
  }
  const int64_t running =
      std::min(admitted_.tokens, static_cast<int64_t>(std::ceil(model_->mean_tokens())));
  return predict_ms({std::min(admitted_.sequences, work.sequences * requests) + work.sequences,
                     std::max(others, running) + work.tokens});
}

}  // namespace jnlp
