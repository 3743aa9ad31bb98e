#pragma once

#include <c10/core/Device.h>

#include <string>

namespace jnlp {

/// Sets up libtorch for training: one thread per operation (parallelism is over chunks of a batch),
/// memory kept by the process between steps. Prints one line when matrix products are so slow that
/// an unoptimized BLAS must be linked.
void prepare_runtime();

/// "auto" (a CUDA device when there is one), "cpu" or "cuda".
/// @throws Error unsupported when there is no CUDA device, invalid_input for another name.
c10::Device training_device(const std::string& name);

}  // namespace jnlp
