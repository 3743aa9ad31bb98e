// KServe requests. The first line is the value of Inference-Header-Content-Length, or empty; the
// body follows. A request that is taken means the same when its texts are sent as binary data, and
// texts come back as they were when they are outputs.
#include "server/kserve_request.h"

#include <algorithm>
#include <charconv>

#include "base/json.h"
#include "base/utf8.h"
#include "http/error_status.h"
#include "server/request_fields.h"
#include "target.h"

namespace {

using namespace jnlp;

constexpr const char* kHeaderLength = "Inference-Header-Content-Length";

http::Request with_body(std::string_view length, std::string_view body) {
  http::Request request;
  if (!length.empty()) request.headers.add(kHeaderLength, length);
  request.body = body;
  return request;
}

http::Request written_anew(const KserveRequest& request) {
  Json inputs = Json::array();
  std::string binary;
  for (const KserveRequest::Input& input : request.inputs) {
    const std::string values = bytes_tensor(input.name, input.shape, input.texts).values;
    inputs.push_back({{"name", input.name},
                      {"datatype", "BYTES"},
                      {"shape", input.shape},
                      {"parameters", {{"binary_data_size", values.size()}}}});
    binary += values;
  }
  const std::string json = dump_json(Json{{"inputs", inputs}});
  return with_body(std::to_string(json.size()), json + binary);
}

void check_texts(const KserveRequest& request, size_t body_size) {
  size_t bytes = 0;
  for (const KserveRequest::Input& input : request.inputs) {
    JNLP_HOLDS(!input.texts.empty() && input.texts.size() <= RequestFields::kMaxTexts);
    JNLP_HOLDS(element_count(input.shape, input.name) == std::ssize(input.texts));
    for (const std::string& text : input.texts) {
      JNLP_HOLDS(is_valid_utf8(text));
      bytes += text.size();
    }
  }
  JNLP_HOLDS(bytes <= body_size);
}

// The tensor of each output that was asked for, whose values are the input's texts.
void check_response(KserveRequest request) {
  const KserveRequest::Input& input = request.inputs.front();
  std::vector<KserveTensor> tensors = {bytes_tensor("label", input.shape, input.texts)};
  fuzz::accepts([&] { kserve_response("sentiment", request, tensors); });
  request.outputs.clear();
  const http::Response response = kserve_response("sentiment", request, tensors);
  const std::string_view length = response.headers.get(kHeaderLength);
  size_t json_size = response.body.size();
  if (!length.empty()) std::from_chars(length.data(), length.data() + length.size(), json_size);
  const Json json = Json::parse(response.body.substr(0, json_size));
  JNLP_HOLDS(json.value("id", "") == request.id);
  if (length.empty()) {
    JNLP_HOLDS(json["outputs"][0]["data"].get<std::vector<std::string>>() == input.texts);
  } else {
    JNLP_HOLDS(split_bytes(std::string_view(response.body).substr(json_size), "") == input.texts);
  }
}

void check(const KserveRequest& request) {
  const KserveRequest again = parse_kserve_request(written_anew(request));
  JNLP_HOLDS(again.inputs.size() == request.inputs.size());
  for (size_t i = 0; i < request.inputs.size(); ++i) {
    JNLP_HOLDS(again.inputs[i].name == request.inputs[i].name);
    JNLP_HOLDS(again.inputs[i].shape == request.inputs[i].shape);
    JNLP_HOLDS(again.inputs[i].texts == request.inputs[i].texts);
  }
  if (!request.inputs.empty()) check_response(request);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input = fuzz::as_text(data, size);
  const size_t line = std::min(input.find('\n'), input.size());
  const http::Request request =
      with_body(input.substr(0, line), input.substr(std::min(line + 1, input.size())));
  fuzz::accepts([&] {
    const KserveRequest parsed = parse_kserve_request(request);
    check_texts(parsed, request.body.size());
    check(parsed);
  });
  return 0;
}
