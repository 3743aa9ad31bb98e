#include "server/kserve_tensor.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <iterator>

#include "base/error.h"
#include "base/json.h"
#include "http/error_status.h"
#include "server/request_fields.h"

namespace jnlp {
namespace {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "tensors are sent in little endian");

[[noreturn]] void fail(const std::string& name, const std::string& why) {
  throw http::HttpError(400, ErrorCode::invalid_input, fmt::format("tensor '{}': {}", name, why));
}

[[noreturn]] void fail_cached() {
  throw Error(ErrorCode::internal, "a cached result is damaged");
}

void check_cached(const KserveTensor& tensor) {
  const size_t size = tensor.values.size();
  const bool is_whole = tensor.datatype == "BYTES" ||
                        (tensor.datatype == "FP32" && size % sizeof(float) == 0) ||
                        (tensor.datatype == "INT64" && size % sizeof(int64_t) == 0);
  if (!is_whole) fail_cached();
}

template <typename Number>
std::string bytes_of(std::span<const Number> values) {
  return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
}

template <typename Number>
void append_numbers(const std::string& values, std::string* json) {
  for (size_t at = 0; at < values.size(); at += sizeof(Number)) {
    Number number;
    std::memcpy(&number, values.data() + at, sizeof number);
    if (!std::isfinite(static_cast<double>(number))) {
      throw Error(ErrorCode::internal, "a number of an output is not finite");
    }
    fmt::format_to(std::back_inserter(*json), "{},", number);
  }
}

}  // namespace

KserveTensor bytes_tensor(std::string name, KserveShape shape, std::span<const std::string> texts) {
  std::string values;
  for (const std::string& text : texts) {
    const auto size = static_cast<uint32_t>(text.size());
    values += bytes_of(std::span(&size, 1));
    values += text;
  }
  return {std::move(name), "BYTES", std::move(shape), std::move(values)};
}

KserveTensor fp32_tensor(std::string name, KserveShape shape, std::span<const float> values) {
  return {std::move(name), "FP32", std::move(shape), bytes_of(values)};
}

KserveTensor int64_tensor(std::string name, KserveShape shape, std::span<const int64_t> values) {
  return {std::move(name), "INT64", std::move(shape), bytes_of(values)};
}

std::vector<std::string> split_bytes(std::string_view values, const std::string& name) {
  std::vector<std::string> texts;
  while (!values.empty()) {
    uint32_t size = 0;
    if (values.size() < sizeof size) fail(name, "the binary data ends within a length");
    std::memcpy(&size, values.data(), sizeof size);
    values.remove_prefix(sizeof size);
    if (values.size() < size) fail(name, "the binary data ends within a text");
    texts.emplace_back(values.substr(0, size));
    values.remove_prefix(size);
    if (texts.size() > RequestFields::kMaxTexts) {
      fail(name, fmt::format("at most {} texts are taken", RequestFields::kMaxTexts));
    }
  }
  return texts;
}

std::string values_json(const KserveTensor& tensor) {
  std::string json = "[";
  if (tensor.datatype == "BYTES") {
    for (const std::string& text : split_bytes(tensor.values, tensor.name)) {
      json += dump_json(Json(text)) + ",";
    }
  } else if (tensor.datatype == "FP32") {
    append_numbers<float>(tensor.values, &json);
  } else {
    append_numbers<int64_t>(tensor.values, &json);
  }
  if (json.back() == ',') json.pop_back();
  return json + "]";
}

int64_t element_count(const KserveShape& shape, const std::string& name) {
  constexpr auto kMost = static_cast<int64_t>(RequestFields::kMaxTexts);
  int64_t count = 1;
  for (const int64_t size : shape) {
    if (size < 0) fail(name, "a size of the shape is negative");
    if (size > kMost || count * size > kMost) {
      fail(name, fmt::format("at most {} texts are taken", kMost));
    }
    count *= size;
  }
  return count;
}

std::string pack_tensors(std::span<const KserveTensor> tensors) {
  Json heads = Json::array();
  std::string values;
  for (const KserveTensor& tensor : tensors) {
    heads.push_back({{"name", tensor.name},
                     {"datatype", tensor.datatype},
                     {"shape", tensor.shape},
                     {"size", tensor.values.size()}});
    values += tensor.values;
  }
  return dump_json(heads) + "\n" + values;
}

// What comes from Redis may be damaged, or be from somebody else.
std::vector<KserveTensor> unpack_tensors(const std::string& packed) {
  const size_t line = std::min(packed.find('\n'), packed.size());
  std::string_view values(packed);
  const std::string_view heads = values.substr(0, line);
  values.remove_prefix(std::min(line + 1, values.size()));
  std::vector<KserveTensor> tensors;
  try {
    for (const Json& head : parse_json(heads, "a cached result")) {
      const Json& size = head.at("size");
      if (!size.is_number_unsigned() || size.get<uint64_t>() > values.size()) fail_cached();
      const std::string_view own = values.substr(0, size.get<size_t>());
      values.remove_prefix(own.size());
      for (const Json& length : head.at("shape")) {
        if (!length.is_number_integer()) fail_cached();
      }
      tensors.push_back({head.at("name").get<std::string>(), head.at("datatype").get<std::string>(),
                         head.at("shape").get<KserveShape>(), std::string(own)});
      check_cached(tensors.back());
    }
  } catch (const Json::exception&) {
    fail_cached();
  }
  return tensors;
}

}  // namespace jnlp
