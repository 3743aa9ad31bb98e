#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "base/error.h"

/// Each file here that defines it is a fuzz target: it is called with arbitrary bytes, by libFuzzer
/// or by replay.cpp, and ends the program when something is wrong.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace jnlp::fuzz {

inline std::string_view as_text(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

[[noreturn]] inline void fail(const char* what, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: this does not hold: %s\n", file, line, what);
  std::abort();
}

/// Whether `parse` takes its input. It may refuse it by an Error that is the input's fault, and by
/// nothing else: another exception ends the program, as does one that says that we are to blame.
template <typename Parse>
bool accepts(const Parse& parse) {
  try {
    parse();
    return true;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::internal && *error.what() != '\0') return false;
    fail(error.what(), "an Error without a fault of the input", 0);
  }
}

}  // namespace jnlp::fuzz

/// What must hold for every input, in every build.
#define JNLP_HOLDS(condition) \
  ((condition) ? static_cast<void>(0) : ::jnlp::fuzz::fail(#condition, __FILE__, __LINE__))
