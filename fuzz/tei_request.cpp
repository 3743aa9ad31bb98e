// What requests in the shape of text-embeddings-inference carry.
#include "base/utf8.h"
#include "server/tei_errors.h"
#include "server/tei_inputs.h"
#include "target.h"

namespace {

using namespace jnlp;

void check_sequences(const RequestFields& fields) {
  const TeiSequences sequences = tei_sequences(fields);
  const size_t count = sequences.inputs.size();
  JNLP_HOLDS(count >= 1 && count <= RequestFields::kMaxTexts);
  JNLP_HOLDS(sequences.is_batch || count == 1);
  size_t texts = 0;
  for (const char kind : sequences.shape()) texts += static_cast<size_t>(kind - '0');
  JNLP_HOLDS(sequences.shape().size() == count);
  JNLP_HOLDS(sequences.texts().size() == texts);
}

void check_texts(const Json& object, const std::string& name) {
  const std::vector<std::string> texts = tei_texts(object, name);
  JNLP_HOLDS(!texts.empty() && texts.size() <= RequestFields::kMaxTexts);
  size_t bytes = 0;
  for (const std::string& text : texts) {
    JNLP_HOLDS(!text.empty() && is_valid_utf8(text));
    bytes += text.size();
  }
  JNLP_HOLDS(count_characters(texts) <= bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  http::Request request;
  request.body = fuzz::as_text(data, size);
  fuzz::accepts([&] {
    const RequestFields fields(request);
    fuzz::accepts([&] { check_sequences(fields); });
    for (const char* name : {"inputs", "texts"}) {
      fuzz::accepts([&] { check_texts(fields.json(), name); });
    }
    fuzz::accepts([&] {
      const RequestFields inner = fields.object("inputs");
      fuzz::accepts([&] { check_texts(inner.json(), "source_sentence"); });
      fuzz::accepts([&] { check_texts(inner.json(), "sentences"); });
    });
    fuzz::accepts([&] { to_text(tei_length(fields)); });
    fuzz::accepts([&] { refuse_prompts(fields); });
  });
  return 0;
}
