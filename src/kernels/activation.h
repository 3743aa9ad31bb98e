#pragma once

namespace jnlp {

/// Functions applied to each element. gelu is the exact one (with erf), gelu_tanh its usual
/// approximation ("gelu_new").
enum class Activation { none, gelu, gelu_tanh, relu, silu, tanh };

}  // namespace jnlp
