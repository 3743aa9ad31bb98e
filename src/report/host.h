#pragma once

#include <cstdint>
#include <string>

#include "base/json.h"

namespace jnlp {

/// The machine that a measurement was made on. Texts are empty where the system does not say.
struct HostFacts {
  std::string board;         ///< device tree's or firmware's model, for example "NVIDIA Jetson ..."
  std::string cpu;           ///< model name
  std::string architecture;  ///< for example "x86_64"
  std::string kernel;        ///< for example "Linux 6.1.0"
  std::string system;        ///< distribution, for example "Debian GNU/Linux 12 (bookworm)"
  int cpus = 0;              ///< online logical CPUs
  int usable_cpus = 0;       ///< those that threads are made for by default
  std::string usable_cpus_limited_by;  ///< why not all, for example "cgroup quota"
  int64_t memory_bytes = 0;            ///< physical memory
};

HostFacts read_host_facts();

/// {"version", "commit", "compiler", "build_type"} of this program.
OrderedJson build_facts();

OrderedJson to_json(const HostFacts& host);

/// Machine, program and time of a measurement in one line for people. `threads`: for example "2".
std::string host_text(const HostFacts& host, const std::string& threads,
                      const std::string& created);

/// Now, in UTC, as "2026-01-31T12:00:00Z".
std::string utc_timestamp();

}  // namespace jnlp
