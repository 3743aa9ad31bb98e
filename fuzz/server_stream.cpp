// Answers of other servers that `jetson-nlp llm` asks: lines of JSON, server-sent events, texts of
// errors. However the bytes are cut into pieces, the same comes out.
#include <algorithm>
#include <string>
#include <vector>

#include "base/utf8.h"
#include "llm/ollama_stream.h"
#include "llm/openai_stream.h"
#include "llm/server_client.h"
#include "llm/stream_lines.h"
#include "target.h"

namespace {

using namespace jnlp;

template <typename Push>
void in_pieces(std::string_view bytes, size_t piece, const Push& push) {
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    push(bytes.substr(0, piece));
  }
}

// The answer's text and counts, or that there is an error.
template <typename Stream>
std::string outcome(std::string_view bytes, size_t piece) {
  Stream stream;
  std::string seen = "refused";
  fuzz::accepts([&] {
    in_pieces(bytes, piece, [&](std::string_view part) { stream.write(part); });
    const RuntimeAnswer answer = stream.finish();
    seen = std::to_string(answer.prompt_tokens) + " " + std::to_string(answer.generated_tokens) +
           " " + std::to_string(answer.reused_tokens) + " " + answer.text;
  });
  return seen;
}

std::vector<std::string> events(std::string_view bytes, size_t piece) {
  std::vector<std::string> all;
  EventReader reader([&](std::string_view data) { all.emplace_back(data); });
  in_pieces(bytes, piece, [&](std::string_view part) { reader.push(part); });
  return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes = fuzz::as_text(data, size);
  for (const size_t piece : {size_t{1}, size_t{13}}) {
    JNLP_HOLDS(events(bytes, piece) == events(bytes, size + 1));
    JNLP_HOLDS(outcome<OllamaStream>(bytes, piece) == outcome<OllamaStream>(bytes, size + 1));
    JNLP_HOLDS(outcome<OpenAiStream>(bytes, piece) == outcome<OpenAiStream>(bytes, size + 1));
  }
  JNLP_HOLDS(is_valid_utf8(error_text(std::string(bytes))));
  return 0;
}
