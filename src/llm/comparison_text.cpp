#include <fmt/format.h>

#include "llm/comparison_notes.h"
#include "llm/comparison_output.h"
#include "report/table.h"

namespace jnlp {
namespace {

constexpr auto kRight = TextTable::Align::right;
constexpr const char* kNotMeasured = "-";

std::string rate_text(const std::optional<Spread>& rate) {
  return rate ? fmt::format("{:.1f}", rate->median) : kNotMeasured;
}

std::string range_text(const std::optional<Spread>& rate) {
  return rate ? fmt::format("{:.1f}-{:.1f}", rate->min, rate->max) : kNotMeasured;
}

std::string milliseconds_per_token(const std::optional<Spread>& rate) {
  return rate ? fmt::format("{:.2f}", 1e3 / rate->median) : kNotMeasured;
}

std::string seconds_text(const std::optional<double>& seconds) {
  return seconds ? fmt::format("{:.2f}", *seconds) : kNotMeasured;
}

std::string megabytes(const std::optional<int64_t>& bytes) {
  return bytes ? fmt::format("{:.0f}", static_cast<double>(*bytes) / 1e6) : kNotMeasured;
}

TextTable speed_table(const LlmComparison& comparison) {
  TextTable table({{"METHOD"},
                   {"LATENCY S", kRight},
                   {"P95 S", kRight},
                   {"TOKENS/S", kRight},
                   {"FIRST TOKEN MS", kRight},
                   {"PREFILL/S", kRight},
                   {"DECODE/S", kRight},
                   {"MIN-MAX", kRight},
                   {"MS/TOKEN", kRight},
                   {"LOAD COLD S", kRight},
                   {"WARM S", kRight},
                   {"PEAK MB", kRight},
                   {"GPU MB", kRight},
                   {"J/TOKEN", kRight}});
  for (const MethodResult& method : comparison.methods) {
    if (!method.failure.empty()) {
      table.add_note({method.method, "failed: " + method.failure});
      continue;
    }
    table.add_row(
        {method.method, fmt::format("{:.3f}", method.latency_mean),
         fmt::format("{:.3f}", method.latency_p95), rate_text(method.tokens_per_second),
         fmt::format("{:.1f}", method.first_token_p50 * 1e3), rate_text(method.prefill_per_second),
         rate_text(method.decode_per_second), range_text(method.decode_per_second),
         milliseconds_per_token(method.decode_per_second), seconds_text(method.load.cold_seconds),
         seconds_text(method.load.warm_seconds), megabytes(method.peak_memory),
         megabytes(method.device_memory),
         method.joules_per_token ? fmt::format("{:.3f}", *method.joules_per_token) : kNotMeasured});
  }
  return table;
}

bool has_quality(const LlmComparison& comparison) {
  for (const MethodResult& method : comparison.methods) {
    if (method.perplexity || method.agreement || !method.quality.empty()) return true;
  }
  return false;
}

void add_quality(const MethodResult& method, TextTable* table) {
  std::string name = method.method;
  const auto add = [&](const std::string& what, const std::string& value,
                       const std::string& range) {
    table->add_row({name, what, value, range});
    name.clear();
  };
  if (method.perplexity) {
    add("perplexity", fmt::format("{:.3f}", method.perplexity->value),
        fmt::format("± {:.3f} (standard error)", method.perplexity->standard_error));
    add("bits per byte", fmt::format("{:.4f}", method.perplexity->bits_per_byte), "");
  }
  if (method.agreement) {
    const Agreement& agreement = *method.agreement;
    add(fmt::format("same text as {}", agreement.reference),
        fmt::format("{} of {}", agreement.identical, agreement.prompts),
        fmt::format("{:.0f} % of the text until the first difference",
                    agreement.common_prefix * 100));
  }
  for (const QualityResult& quality : method.quality) {
    add(fmt::format("{}, {}", quality.set, to_string(quality.form)),
        fmt::format("{:.3f}", quality.accuracy),
        fmt::format("{:.3f}-{:.3f} of {}", quality.interval.low, quality.interval.high,
                    quality.samples));
  }
}

TextTable quality_table(const LlmComparison& comparison) {
  TextTable table({{"METHOD"}, {"QUALITY"}, {"VALUE", kRight}, {"95% INTERVAL"}});
  for (const MethodResult& method : comparison.methods) add_quality(method, &table);
  return table;
}

}  // namespace

std::string comparison_text(const LlmComparison& comparison, bool markdown) {
  const auto rendered = [&](const TextTable& table) {
    return markdown ? table.to_markdown() : table.to_string();
  };
  std::string text = rendered(speed_table(comparison)) + "\n";
  if (has_quality(comparison)) text += rendered(quality_table(comparison)) + "\n";
  for (const std::string& finding : comparison.findings) text += finding + "\n";
  if (!comparison.findings.empty()) text += "\n";
  for (const std::string& note : comparison_notes(comparison)) text += note + "\n";
  return text;
}

}  // namespace jnlp
