#include "server/task_service.h"

#include <algorithm>

#include "http/error_status.h"

namespace jnlp {
namespace {

int retry_after_s(const Overloaded& refusal) {
  const auto milliseconds = refusal.retry_after().count();
  return static_cast<int>(std::max<int64_t>(1, (milliseconds + 999) / 1000));
}

}  // namespace

ModelFacts model_facts(const LoadedModel& model) {
  const Head head = model.backend->head();
  const bool has_labels =
      head == Head::sequence_classification || head == Head::token_classification;
  return {model.tokenizer, has_labels ? checked_labels(model) : std::vector<std::string>(),
          model.max_length, model.backend->output_size()};
}

void throw_as_http(const Overloaded& refusal) {
  const int status = refusal.reason() == Refusal::rate_limit ? 429 : 503;
  throw http::HttpError(status, refusal.code(), refusal.what(), retry_after_s(refusal));
}

void rethrow_as_http() {
  try {
    throw;
  } catch (const Overloaded& refusal) {
    throw_as_http(refusal);
  } catch (const http::HttpError&) {
    throw;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::invalid_input) throw;
    throw http::HttpError(422, error.code(), error.what());
  }
}

int64_t estimated_tokens(const std::vector<std::string>& texts) {
  // English has about four bytes a token; each text has two special ones.
  constexpr size_t kBytesPerToken = 4;
  int64_t tokens = 0;
  for (const std::string& text : texts) {
    tokens += static_cast<int64_t>(text.size() / kBytesPerToken) + 2;
  }
  return tokens;
}

CacheKey result_key(const ServedFacts& facts, std::string_view parameters,
                    const std::vector<std::string>& texts) {
  std::string joined;
  const auto join = [&joined](const std::string& text) {
    joined += std::to_string(text.size());
    joined += ':';
    joined += text;
  };
  join(facts.model);  // answers name it, and the same weights may have another name
  for (const std::string& text : texts) join(text);
  return cache_key(facts.digest, facts.task, parameters, joined);
}

WorkContext context_of(const http::Request& request) {
  return {.deadline = request.deadline, .cancelled = request.gone.get(), .client = 0};
}

}  // namespace jnlp
