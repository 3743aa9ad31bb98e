#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

#include "base/json.h"
#include "kernels/activation.h"

namespace jnlp {

// How fields of a config.json are read. Every error names the field.

/// The value under the first of `keys` that `config` has (architectures differ in names); null for
/// none.
const Json* find_field(const Json& config, std::initializer_list<const char*> keys);

/// A whole number of at least `least`. @throws Error invalid_input.
int64_t read_size(const Json& config, std::initializer_list<const char*> keys,
                  std::optional<int64_t> fallback, int64_t least);

/// What a norm adds to the variance. @throws Error invalid_input.
float read_epsilon(const Json& config, const char* key, float fallback);

/// @throws Error invalid_input for what is no boolean.
bool read_flag(const Json& config, const char* key, bool fallback);

/// @throws Error unsupported for a name that is not known.
Activation activation_named(std::string_view name, std::string_view field);
Activation read_activation(const Json& config, std::initializer_list<const char*> keys,
                           std::string_view fallback);

/// @throws Error invalid_input, with `what` ("hidden_size by num_attention_heads").
void check_divisible(int64_t value, int64_t divisor, std::string_view what);

}  // namespace jnlp
