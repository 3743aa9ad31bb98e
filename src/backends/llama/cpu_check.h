#pragma once

namespace jnlp {

/// llama.cpp is compiled for the instructions of one CPU.
/// @throws Error unsupported when the CPU that runs this lacks some of them.
void check_llama_cpu();

}  // namespace jnlp
