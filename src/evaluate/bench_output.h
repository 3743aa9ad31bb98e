#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/json.h"
#include "evaluate/bench.h"
#include "report/host.h"

namespace jnlp {

/// All workloads with one number of threads. Bytes are -1 where the system does not say.
struct BenchRun {
  int threads = 0;
  std::string engine;  ///< the backend's description: precision, instruction set, threads
  double load_seconds = 0;
  int64_t load_disk_bytes = -1;  ///< read from storage while loading: 0 means it was all cached
  int64_t resident_bytes = -1;   ///< of the process, after loading
  int64_t peak_bytes = -1;       ///< of the process, from before loading to the end of the run
  std::vector<BenchResult> results;
};

/// Everything that one run of the command `bench` found out.
struct BenchReport {
  std::string created;  ///< UTC
  HostFacts host;
  std::string model_name;
  std::string model_path;
  std::string head;
  int64_t max_length = 0;  ///< in tokens
  BenchOptions options;
  std::vector<BenchRun> runs;
  std::vector<std::string> notes;  ///< what a reader of the numbers must know
};

/// A table with a line for each workload and number of threads, and below it what is needed to read
/// it; as plain text or as Markdown.
std::string bench_text(const BenchReport& report, bool markdown);
/// A header and a line for each workload and number of threads.
std::string bench_csv(const BenchReport& report);
/// The result for machines; docs/bench.md describes its fields.
OrderedJson bench_json(const BenchReport& report);

}  // namespace jnlp
