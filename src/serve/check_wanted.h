#pragma once

#include "serve/overloaded.h"
#include "serve/work_context.h"

namespace jnlp {

/// @throws Cancelled, or Error deadline, when nobody waits for the answer any more.
inline void check_wanted(const WorkContext& context) {
  if (context.is_cancelled()) throw Cancelled();
  if (context.expired(WorkContext::Clock::now())) {
    throw Error(ErrorCode::deadline, "the request was not computed before its deadline");
  }
}

}  // namespace jnlp
