#include "models/config_fields.h"

#include <fmt/format.h>

#include <array>
#include <string>
#include <utility>

#include "base/error.h"

namespace jnlp {
namespace {

// Wide enough for every model in use, small enough that products of two sizes stay in 64 bits.
constexpr int64_t kMaxSize = 100'000'000;

constexpr std::array kActivations = std::to_array<std::pair<std::string_view, Activation>>({
    {"gelu", Activation::gelu},
    {"gelu_python", Activation::gelu},
    {"gelu_new", Activation::gelu_tanh},
    {"gelu_pytorch_tanh", Activation::gelu_tanh},
    {"gelu_fast", Activation::gelu_tanh},
    {"gelu_python_tanh", Activation::gelu_tanh},
    {"relu", Activation::relu},
    {"silu", Activation::silu},
    {"swish", Activation::silu},
    {"tanh", Activation::tanh},
});

}  // namespace

const Json* find_field(const Json& config, std::initializer_list<const char*> keys) {
  for (const char* key : keys) {
    const auto found = config.find(key);
    if (found != config.end() && !found->is_null()) return &*found;
  }
  return nullptr;
}

int64_t read_size(const Json& config, std::initializer_list<const char*> keys,
                  std::optional<int64_t> fallback, int64_t least) {
  const Json* value = find_field(config, keys);
  if (value == nullptr && fallback) return *fallback;
  if (value == nullptr || !value->is_number_integer() || *value < least || *value > kMaxSize) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("config.json: {} must be a whole number from {} to {}, it is {}",
                            *keys.begin(), least, kMaxSize,
                            value == nullptr ? "missing" : dump_json(*value).substr(0, 40)));
  }
  return value->get<int64_t>();
}

float read_epsilon(const Json& config, const char* key, float fallback) {
  const Json* value = find_field(config, {key});
  if (value == nullptr) return fallback;
  if (!value->is_number() || !(value->get<double>() >= 0) || !(value->get<double>() < 1)) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("config.json: {} must be a number in [0, 1)", key));
  }
  return value->get<float>();
}

bool read_flag(const Json& config, const char* key, bool fallback) {
  const Json* value = find_field(config, {key});
  if (value == nullptr) return fallback;
  if (!value->is_boolean()) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("config.json: {} must be true or false", key));
  }
  return value->get<bool>();
}

Activation activation_named(std::string_view name, std::string_view field) {
  for (const auto& [known, activation] : kActivations) {
    if (known == name) return activation;
  }
  throw Error(ErrorCode::unsupported,
              fmt::format("config.json: {} '{}' is not supported", field, name));
}

Activation read_activation(const Json& config, std::initializer_list<const char*> keys,
                           std::string_view fallback) {
  const Json* value = find_field(config, keys);
  const std::string name =
      value != nullptr && value->is_string() ? value->get<std::string>() : std::string(fallback);
  return activation_named(name, *keys.begin());
}

void check_divisible(int64_t value, int64_t divisor, std::string_view what) {
  if (value % divisor == 0) return;
  throw Error(ErrorCode::invalid_input,
              fmt::format("config.json: {} ({} by {}) leaves a remainder", what, value, divisor));
}

}  // namespace jnlp
