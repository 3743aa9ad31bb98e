#pragma once

#include <string>

namespace jnlp {

/// Starts llama.cpp, once per process, and takes its log: nothing of it is printed.
void start_llama();

/// The first error that llama.cpp logged on this thread since the last call; empty for none.
std::string take_llama_error();

}  // namespace jnlp
