// Bodies in JSON and their fields, as the tutorial's routes and the hub's pipelines read them: the
// shape that is seen without parsing is the true one, and fields keep to what they promise.
#include <algorithm>

#include "base/utf8.h"
#include "server/json_shape.h"
#include "server/request_fields.h"
#include "target.h"

namespace {

using namespace jnlp;

// Counts what a parser sees.
class ShapeCounter : public nlohmann::json_sax<Json> {
 public:
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(size_t) override { return enter(); }
  bool end_object() override { return leave(); }
  bool start_array(size_t) override { return enter(); }
  bool end_array() override { return leave(); }
  bool key(string_t&) override {
    ++shape.members;
    return true;
  }
  bool parse_error(size_t, const std::string&, const nlohmann::detail::exception&) override {
    return false;
  }

  JsonShape shape;

 private:
  bool enter() {
    shape.depth = std::max(shape.depth, ++depth_);
    return true;
  }
  bool leave() {
    --depth_;
    return true;
  }

  size_t depth_ = 0;
};

void check_shape(std::string_view text) {
  ShapeCounter counter;
  // To its parser a zero byte is the end.
  if (text.find('\0') != std::string_view::npos) return;
  if (!Json::sax_parse(text.begin(), text.end(), &counter)) return;
  const JsonShape shape = shape_of_json(text);
  JNLP_HOLDS(shape.depth == counter.shape.depth);
  JNLP_HOLDS(shape.members == counter.shape.members);
}

void read_fields(const RequestFields& fields) {
  for (const char* name : {"texts", "inputs", "questions", "contexts", "ignore_labels"}) {
    fuzz::accepts([&] {
      const std::vector<std::string> texts = fields.texts(name);
      JNLP_HOLDS(!texts.empty() && texts.size() <= RequestFields::kMaxTexts);
      for (const std::string& text : texts) JNLP_HOLDS(is_valid_utf8(text));
    });
  }
  for (const char* name : {"batch_size", "top_k", "max_length", "stride"}) {
    fuzz::accepts([&] {
      const int64_t number = fields.integer(name, 7, 1, 1024);
      JNLP_HOLDS(number >= 1 && number <= 1024);
      JNLP_HOLDS(fields.has(name) || number == 7);
    });
    fuzz::accepts([&] { fields.integer(name, 0, INT64_MIN, INT64_MAX); });
  }
  fuzz::accepts([&] { fields.boolean("handle_impossible_answer", false); });
  for (const char* name : {"task", "model", "question", "context", "function_to_apply"}) {
    fuzz::accepts([&] { fields.text(name); });
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  http::Request request;
  request.body = fuzz::as_text(data, size);
  check_shape(request.body);
  fuzz::accepts([&] {
    const Json json = parse_request_json(request.body);
    JNLP_HOLDS(request.body.find('\0') == std::string::npos);
    JNLP_HOLDS(parse_request_json(dump_json(json)) == json);
  });
  fuzz::accepts([&] {
    const RequestFields fields(request);
    read_fields(fields);
    for (const char* name : {"parameters", "inputs"}) {
      fuzz::accepts([&] { read_fields(fields.object(name)); });
    }
  });
  return 0;
}
