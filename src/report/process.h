#pragma once

#include <cstdint>

namespace jnlp {

/// Bytes of memory of this process; -1 where the system does not say.
struct MemoryUse {
  int64_t resident = -1;       ///< VmRSS
  int64_t peak_resident = -1;  ///< VmHWM, since the start or the last reset_peak_memory()
};

MemoryUse memory_use();

/// Makes the peak start anew from what is resident now. False when the system does not allow it.
bool reset_peak_memory();

/// User and system time of all threads so far, in seconds.
double cpu_seconds();

/// Bytes that this process had the storage read for it so far (not what came from the page cache);
/// -1 where the system does not say.
int64_t disk_bytes_read();

}  // namespace jnlp
