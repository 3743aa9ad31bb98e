#pragma once

namespace jnlp {

/// For a thread that works little and often, such as one that answers clients: asks the scheduler
/// for the shortest time slice, so that it runs soon after it wakes up though all processors
/// compute. Linux 6.12 and newer give a waking thread precedence by its slice (EEVDF), where it
/// would else wait up to 3 ms for each computing thread; older ones prefer those that slept anyway.
/// Only for the calling thread, not for those that it starts; without effect where it is not
/// allowed.
void prefer_short_slices() noexcept;

}  // namespace jnlp
