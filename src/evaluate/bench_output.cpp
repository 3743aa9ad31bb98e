#include "evaluate/bench_output.h"

#include <fmt/format.h>

#include <algorithm>

#include "report/table.h"

namespace jnlp {
namespace {

std::string megabytes_text(int64_t bytes) {
  return bytes < 0 ? "not measured" : fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

// Digits that a rate has to offer: a small one needs some behind the point.
std::string rate_text(double rate) {
  return fmt::format("{:.{}f}", rate, rate < 100 ? 1 : 0);
}

std::string length_text(const BenchWorkload& workload) {
  const int64_t longest = workload.longest();
  return workload.mixed ? fmt::format("{}-{}", workload.shortest(), longest)
                        : std::to_string(longest);
}

TextTable table_of(const BenchReport& report) {
  const auto right = TextTable::Align::right;
  TextTable table({{"THREADS", right},
                   {"LENGTH", right},
                   {"BATCH", right},
                   {"TOKENS", right},
                   {"CALLS", right},
                   {"TOKENS/S", right},
                   {"MIN-MAX", right},
                   {"SEQS/S", right},
                   {"P50 MS", right},
                   {"P95 MS", right},
                   {"P99 MS", right},
                   {"CPU", right}});
  for (const BenchRun& run : report.runs) {
    for (const BenchResult& result : run.results) {
      const BenchWorkload& workload = result.workload;
      const Spread& rate = result.tokens_per_second;
      table.add_row(
          {std::to_string(run.threads), length_text(workload), std::to_string(workload.sequences()),
           std::to_string(workload.tokens()), std::to_string(result.calls), rate_text(rate.median),
           rate_text(rate.min) + "-" + rate_text(rate.max),
           rate_text(result.sequences_per_second.median),
           fmt::format("{:.2f}", result.latency_ms.median),
           fmt::format("{:.2f}", result.latency_p95_ms),
           fmt::format("{:.2f}", result.latency_p99_ms), fmt::format("{:.2f}", result.cpu_use)});
    }
  }
  return table;
}

std::string load_text(const BenchRun& run) {
  const std::string cache = run.load_disk_bytes < 0 ? "state of the page cache not measured"
                            : run.load_disk_bytes == 0
                                ? "files were cached"
                                : megabytes_text(run.load_disk_bytes) + " read from storage";
  return fmt::format("{}: loaded in {:.1f} ms ({}); resident after loading {}, at most {}.",
                     run.engine, run.load_seconds * 1e3, cache, megabytes_text(run.resident_bytes),
                     megabytes_text(run.peak_bytes));
}

// The workload that an engine would compute that pads the mixed one; null when it was not run.
const BenchResult* padded_twin(const BenchRun& run, const BenchWorkload& mixed) {
  const auto found =
      std::find_if(run.results.begin(), run.results.end(), [&](const BenchResult& result) {
        return !result.workload.mixed && result.workload.longest() == mixed.longest() &&
               result.workload.sequences() == mixed.sequences();
      });
  return found == run.results.end() ? nullptr : &*found;
}

std::vector<std::string> mixed_notes(const BenchRun& run) {
  std::vector<std::string> notes;
  for (const BenchResult& result : run.results) {
    const BenchWorkload& mixed = result.workload;
    const BenchResult* twin = mixed.mixed ? padded_twin(run, mixed) : nullptr;
    if (twin == nullptr) continue;
    notes.push_back(fmt::format(
        "{}, {} sequences of {} tokens: nothing is padded. Padded to the longest they would be {} "
        "tokens instead of {} ({:.2f} times), which took {:.2f} times as long.",
        run.threads == 1 ? "1 thread" : fmt::format("{} threads", run.threads), mixed.sequences(),
        length_text(mixed), mixed.padded_tokens(), mixed.tokens(),
        static_cast<double>(mixed.padded_tokens()) / static_cast<double>(mixed.tokens()),
        twin->latency_ms.median / result.latency_ms.median));
  }
  return notes;
}

std::vector<std::string> notes_of(const BenchReport& report) {
  std::vector<std::string> notes = {fmt::format("Model: {}, head {}, at most {} tokens.",
                                                report.model_name, report.head, report.max_length)};
  std::string threads;
  for (const BenchRun& run : report.runs) {
    notes.push_back(load_text(run));
    threads += (threads.empty() ? "" : ", ") + std::to_string(run.threads);
  }
  for (const BenchRun& run : report.runs) {
    for (std::string& note : mixed_notes(run)) notes.push_back(std::move(note));
  }
  notes.push_back(fmt::format(
      "Each call has new random token ids (seed {}); no tokenizer runs. After a warm-up, calls for "
      "at least {} s and at least {} of them. Rates are those of the median call, then of the "
      "slowest and the fastest.",
      report.options.seed, report.options.seconds, report.options.min_calls));
  notes.insert(notes.end(), report.notes.begin(), report.notes.end());
  notes.push_back(host_text(report.host, threads, report.created));
  return notes;
}

OrderedJson known(int64_t bytes) {
  return bytes < 0 ? OrderedJson(nullptr) : OrderedJson(bytes);
}

OrderedJson to_json(const Spread& spread) {
  return {{"median", spread.median}, {"min", spread.min}, {"max", spread.max}};
}

OrderedJson to_json(const BenchResult& result) {
  const BenchWorkload& workload = result.workload;
  return {{"workload", workload.mixed ? "mixed" : "uniform"},
          {"shortest", workload.shortest()},
          {"longest", workload.longest()},
          {"batch_size", workload.sequences()},
          {"tokens", workload.tokens()},
          {"tokens_if_padded", workload.padded_tokens()},
          {"warmup_calls", result.warmup_calls},
          {"calls", result.calls},
          {"seconds", result.seconds},
          {"tokens_per_second", to_json(result.tokens_per_second)},
          {"sequences_per_second", to_json(result.sequences_per_second)},
          {"latency_ms",
           {{"p50", result.latency_ms.median},
            {"p95", result.latency_p95_ms},
            {"p99", result.latency_p99_ms},
            {"mean", result.latency_mean_ms},
            {"stddev", result.latency_stddev_ms},
            {"min", result.latency_ms.min},
            {"max", result.latency_ms.max}}},
          {"cpu_use", result.cpu_use}};
}

OrderedJson to_json(const BenchRun& run) {
  OrderedJson json = {{"threads", run.threads},
                      {"engine", run.engine},
                      {"load_ms", run.load_seconds * 1e3},
                      {"load_disk_bytes", known(run.load_disk_bytes)},
                      {"resident_bytes", known(run.resident_bytes)},
                      {"peak_bytes", known(run.peak_bytes)},
                      {"results", OrderedJson::array()}};
  for (const BenchResult& result : run.results) json["results"].push_back(to_json(result));
  return json;
}

// RFC 4180: quoted where a comma, a quote or a line end would be misread.
std::string csv_cell(const OrderedJson& value) {
  if (value.is_null()) return "";
  if (!value.is_string()) return dump_json(value);
  auto text = value.get<std::string>();
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string cell = "\"";
  for (const char c : text) cell += c == '"' ? "\"\"" : std::string(1, c);
  return cell + "\"";
}

// One row of the CSV as an object of plain values; objects inside become "<key>_<inner key>".
void flatten(const OrderedJson& object, const std::string& prefix, OrderedJson* row) {
  for (const auto& [key, value] : object.items()) {
    if (value.is_object()) {
      flatten(value, prefix + key + "_", row);
    } else if (!value.is_array()) {
      (*row)[prefix + key] = value;
    }
  }
}

std::string csv_line(const std::vector<std::string>& cells) {
  return fmt::format("{}\n", fmt::join(cells, ","));
}

}  // namespace

std::string bench_text(const BenchReport& report, bool markdown) {
  const TextTable table = table_of(report);
  std::string text = (markdown ? table.to_markdown() : table.to_string()) + "\n";
  for (const std::string& note : notes_of(report)) text += (markdown ? "- " : "") + note + "\n";
  return text;
}

std::string bench_csv(const BenchReport& report) {
  const OrderedJson json = bench_json(report);
  std::string text;
  for (const OrderedJson& run : json.at("runs")) {
    for (const OrderedJson& result : run.at("results")) {
      OrderedJson row = {{"created", report.created},
                         {"commit", json.at("build").at("commit")},
                         {"cpu", json.at("host").at("cpu")},
                         {"model", report.model_name}};
      flatten(run, "", &row);
      flatten(result, "", &row);
      std::vector<std::string> titles;
      std::vector<std::string> cells;
      for (const auto& [key, value] : row.items()) {
        titles.push_back(key);
        cells.push_back(csv_cell(value));
      }
      if (text.empty()) text = csv_line(titles);
      text += csv_line(cells);
    }
  }
  return text;
}

OrderedJson bench_json(const BenchReport& report) {
  OrderedJson json = {{"schema", "jetson-nlp/bench/1"},
                      {"created", report.created},
                      {"build", build_facts()},
                      {"host", to_json(report.host)},
                      {"model",
                       {{"name", report.model_name},
                        {"path", report.model_path},
                        {"head", report.head},
                        {"max_length", report.max_length}}},
                      {"settings",
                       {{"seconds", report.options.seconds},
                        {"min_calls", report.options.min_calls},
                        {"warmup_seconds", report.options.warmup_seconds},
                        {"seed", report.options.seed}}},
                      {"runs", OrderedJson::array()},
                      {"notes", report.notes}};
  for (const BenchRun& run : report.runs) json["runs"].push_back(to_json(run));
  return json;
}

}  // namespace jnlp
