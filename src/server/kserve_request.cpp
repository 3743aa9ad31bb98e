#include "server/kserve_request.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "base/error.h"
#include "base/json.h"
#include "base/utf8.h"
#include "http/error_status.h"
#include "server/request_fields.h"

namespace jnlp {
namespace {

constexpr std::string_view kHeaderLength = "Inference-Header-Content-Length";

[[noreturn]] void fail(const std::string& why) {
  throw http::HttpError(400, ErrorCode::invalid_input, why);
}

// The field, or null when it is not there or null.
const Json* find(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

std::string text_at(const Json& object, const char* name) {
  const Json* value = find(object, name);
  if (value == nullptr || !value->is_string()) {
    fail(fmt::format("\"{}\" must be there and a string", name));
  }
  return value->get<std::string>();
}

bool flag_at(const Json* parameters, const char* name, bool fallback) {
  if (parameters == nullptr) return fallback;
  if (!parameters->is_object()) fail("\"parameters\" must be an object");
  const Json* value = find(*parameters, name);
  if (value == nullptr) return fallback;
  if (!value->is_boolean()) fail(fmt::format("\"{}\" must be true or false", name));
  return value->get<bool>();
}

// The body's JSON and what stands behind it.
std::pair<std::string_view, std::string_view> split_body(const http::Request& request) {
  const std::string_view body = request.body;
  const std::string_view header = request.header(kHeaderLength);
  if (header.empty()) return {body, {}};
  size_t length = 0;
  const auto [end, failed] = std::from_chars(header.data(), header.data() + header.size(), length);
  if (failed != std::errc() || end != header.data() + header.size() || length > body.size()) {
    fail(fmt::format("{} must be a number of at most the body's {} bytes", kHeaderLength,
                     body.size()));
  }
  return {body.substr(0, length), body.substr(length)};
}

KserveShape shape_of(const Json& tensor, const std::string& name) {
  const Json* list = find(tensor, "shape");
  if (list == nullptr || !list->is_array()) {
    fail(fmt::format("tensor '{}': \"shape\" must be a list", name));
  }
  KserveShape shape;
  for (const Json& size : *list) {
    if (!size.is_number_integer() ||
        (size.is_number_unsigned() && size.get<uint64_t>() > INT32_MAX)) {
      fail(fmt::format("tensor '{}': the shape must be of whole numbers", name));
    }
    shape.push_back(size.get<int64_t>());
  }
  constexpr size_t kMaxDimensions = 8;
  if (shape.size() > kMaxDimensions) {
    fail(fmt::format("tensor '{}': the shape has more than {} dimensions", name, kMaxDimensions));
  }
  return shape;
}

// Values may stand in lists of lists, one within another for each dimension.
void gather_texts(const Json& data, size_t depth, const std::string& name,
                  std::vector<std::string>* texts) {
  for (const Json& value : data) {
    if (value.is_array() && depth > 1) {
      gather_texts(value, depth - 1, name, texts);
    } else if (value.is_string()) {
      texts->push_back(value.get<std::string>());
    } else {
      fail(fmt::format("tensor '{}': \"data\" must be strings in the shape's dimensions, not {}",
                       name, value.type_name()));
    }
  }
}

std::vector<std::string> texts_of(const Json& tensor, const std::string& name, size_t dimensions,
                                  std::string_view* binary) {
  const Json* parameters = find(tensor, "parameters");
  const Json* size = parameters != nullptr && parameters->is_object()
                         ? find(*parameters, "binary_data_size")
                         : nullptr;
  if (size != nullptr) {
    if (!size->is_number_unsigned() || size->get<uint64_t>() > binary->size()) {
      fail(fmt::format("tensor '{}': \"binary_data_size\" is more than the {} bytes that follow",
                       name, binary->size()));
    }
    const std::string_view values = binary->substr(0, size->get<size_t>());
    binary->remove_prefix(values.size());
    return split_bytes(values, name);
  }
  const Json* data = find(tensor, "data");
  if (data == nullptr || !data->is_array()) {
    fail(fmt::format("tensor '{}': there is neither \"data\" nor binary data", name));
  }
  std::vector<std::string> texts;
  gather_texts(*data, dimensions, name, &texts);
  return texts;
}

KserveRequest::Input input_of(const Json& tensor, std::string_view* binary) {
  if (!tensor.is_object()) fail("\"inputs\" must be a list of objects");
  KserveRequest::Input input;
  input.name = text_at(tensor, "name");
  const std::string datatype = text_at(tensor, "datatype");
  if (datatype != "BYTES") {
    fail(fmt::format("tensor '{}': the datatype must be BYTES, not {}", input.name, datatype));
  }
  input.shape = shape_of(tensor, input.name);
  const int64_t count = element_count(input.shape, input.name);
  input.texts = texts_of(tensor, input.name, input.shape.size(), binary);
  if (count != static_cast<int64_t>(input.texts.size())) {
    fail(fmt::format("tensor '{}': the shape [{}] has {} elements, but {} came", input.name,
                     fmt::join(input.shape, ","), count, input.texts.size()));
  }
  if (count == 0) fail(fmt::format("tensor '{}' is empty", input.name));
  for (const std::string& text : input.texts) {
    if (!is_valid_utf8(text)) fail(fmt::format("tensor '{}': a text is not UTF-8", input.name));
  }
  return input;
}

// Each of them once: an answer must not be many times as long as its request.
std::vector<KserveRequest::Output> outputs_of(const Json& list, bool is_binary_default) {
  if (!list.is_array()) fail("\"outputs\" must be a list");
  std::vector<KserveRequest::Output> outputs;
  std::set<std::string> names;
  for (const Json& output : list) {
    if (!output.is_object()) fail("\"outputs\" must be a list of objects");
    const std::string name = text_at(output, "name");
    if (!names.insert(name).second) fail(fmt::format("the output '{}' is asked for twice", name));
    outputs.push_back(
        {name, flag_at(find(output, "parameters"), "binary_data", is_binary_default)});
  }
  return outputs;
}

std::string output_json(const KserveTensor& tensor, bool is_binary) {
  return fmt::format(
      R"({{"name":"{}","datatype":"{}","shape":[{}],{}}})", tensor.name, tensor.datatype,
      fmt::join(tensor.shape, ","),
      is_binary ? fmt::format(R"("parameters":{{"binary_data_size":{}}})", tensor.values.size())
                : fmt::format(R"("data":{})", values_json(tensor)));
}

std::vector<KserveRequest::Output> wanted(const KserveRequest& request,
                                          std::span<const KserveTensor> outputs) {
  if (!request.outputs.empty()) return request.outputs;
  std::vector<KserveRequest::Output> all;
  for (const KserveTensor& tensor : outputs)
    all.push_back({tensor.name, request.is_binary_default});
  return all;
}

}  // namespace

const KserveRequest::Input& KserveRequest::input(const std::string& name) const {
  for (const Input& given : inputs) {
    if (given.name == name) return given;
  }
  fail(fmt::format("the input '{}' is missing", name));
}

KserveRequest parse_kserve_request(const http::Request& request) {
  auto [text, binary] = split_body(request);
  const Json body = parse_request_json(text);
  if (!body.is_object()) fail("the request's body must be a JSON object");
  KserveRequest parsed;
  if (find(body, "id") != nullptr) parsed.id = text_at(body, "id");
  parsed.is_binary_default = flag_at(find(body, "parameters"), "binary_data_output", false);
  const Json* inputs = find(body, "inputs");
  if (inputs == nullptr || !inputs->is_array()) fail("\"inputs\" must be a list of tensors");
  for (const Json& tensor : *inputs) parsed.inputs.push_back(input_of(tensor, &binary));
  if (!binary.empty()) fail(fmt::format("{} bytes behind the last tensor", binary.size()));
  if (const Json* outputs = find(body, "outputs")) {
    parsed.outputs = outputs_of(*outputs, parsed.is_binary_default);
  }
  return parsed;
}

http::Response kserve_response(const std::string& model, const KserveRequest& request,
                               std::span<const KserveTensor> outputs) {
  std::string json = fmt::format(R"({{"model_name":"{}","model_version":"1",)", model);
  if (!request.id.empty()) json += fmt::format(R"("id":{},)", dump_json(Json(request.id)));
  json += R"("outputs":[)";
  std::string binary;
  bool is_binary = false;
  for (const KserveRequest::Output& output : wanted(request, outputs)) {
    const auto tensor =
        std::find_if(outputs.begin(), outputs.end(),
                     [&](const KserveTensor& known) { return known.name == output.name; });
    if (tensor == outputs.end()) {
      fail(fmt::format("the model '{}' has no output '{}'", model, output.name));
    }
    if (json.back() != '[') json += ',';
    json += output_json(*tensor, output.is_binary);
    if (output.is_binary) binary += tensor->values;
    is_binary |= output.is_binary;
  }
  json += "]}";
  if (!is_binary) return http::Response::json(std::move(json));
  http::Response response = http::Response::of_type("application/octet-stream", json + binary);
  response.headers.add(kHeaderLength, fmt::format("{}", json.size()));
  return response;
}

}  // namespace jnlp
