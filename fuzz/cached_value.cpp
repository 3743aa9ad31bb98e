// What comes back from Redis and is not just the body of an answer: tensors, and bodies with the
// number of their tokens. Damaged values must become an Error, and good ones come back unchanged.
#include "base/json.h"
#include "http/error_status.h"
#include "http/response_head.h"
#include "server/kserve_request.h"
#include "server/kserve_tensor.h"
#include "server/tei_answer.h"
#include "target.h"

namespace {

using namespace jnlp;

void check_tensors(const std::string& packed) {
  const std::vector<KserveTensor> tensors = unpack_tensors(packed);
  size_t bytes = 0;
  for (const KserveTensor& tensor : tensors) bytes += tensor.values.size();
  JNLP_HOLDS(bytes <= packed.size());
  const std::vector<KserveTensor> again = unpack_tensors(pack_tensors(tensors));
  JNLP_HOLDS(again.size() == tensors.size());
  for (size_t i = 0; i < tensors.size(); ++i) {
    JNLP_HOLDS(again[i].name == tensors[i].name && again[i].datatype == tensors[i].datatype);
    JNLP_HOLDS(again[i].shape == tensors[i].shape && again[i].values == tensors[i].values);
    values_json(tensors[i]);
  }
}

// No value can put a line into the head of an answer.
void check_counted_body(const std::string& value) {
  const http::Response response = TeiTimes().response(value, 1);
  JNLP_HOLDS(response.body.size() <= value.size());
  const std::string head =
      http::render_head(response, http::Request(), {.content_length = response.body.size()}, "s");
  JNLP_HOLDS(head.find("\r\n\r\n") == head.size() - 4);
  JNLP_HOLDS(counted_body(3, value).substr(2) == value);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string value(fuzz::as_text(data, size));
  check_counted_body(value);
  try {
    check_tensors(value);
  } catch (const Error&) {  // of any code: the value is ours, and damaged
  }
  return 0;
}
