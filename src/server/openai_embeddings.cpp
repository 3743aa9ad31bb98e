#include "server/openai_embeddings.h"

#include <fmt/format.h>

#include <bit>

#include "server/embedding_json.h"
#include "server/openai_fields.h"
#include "server/openai_model_names.h"

namespace jnlp {
namespace {

constexpr size_t kMostTexts = 2048;  // as OpenAI has it

std::string checked_input(const Json& value, const std::string& path) {
  if (value.is_number() || value.is_array()) {
    fail_param(path, "holds tokens: this model's are its own; give the text", "unsupported_value");
  }
  std::string text = checked_text(value, path);
  if (text.empty()) fail_param(path, "is empty");
  return text;
}

std::vector<std::string> inputs_of(const OpenAiFields& fields) {
  const Json& input = fields.need("input");
  if (!input.is_array()) return {checked_input(input, "input")};
  if (input.empty()) fail_param("input", "is an empty list");
  if (input.size() > kMostTexts) {
    fail_param("input",
               fmt::format("has {} texts, at most {} are taken", input.size(), kMostTexts));
  }
  std::vector<std::string> texts;
  texts.reserve(input.size());
  for (size_t i = 0; i < input.size(); ++i) {
    texts.push_back(checked_input(input[i], fmt::format("input[{}]", i)));
  }
  return texts;
}

std::string body_of(const std::vector<Embedding>& embeddings, const EmbeddingRequest& asked,
                    const ServedFacts& facts) {
  std::string data;
  int64_t tokens = 0;
  for (size_t i = 0; i < embeddings.size(); ++i) {
    tokens += embeddings[i].tokens;
    const std::string vector = asked.is_base64
                                   ? fmt::format("\"{}\"", base64_of(embeddings[i].values))
                                   : vector_json(embeddings[i]);
    data += fmt::format("{}{{\"object\":\"embedding\",\"index\":{},\"embedding\":{}}}",
                        i > 0 ? "," : "", i, vector);
  }
  const OrderedJson usage = {{"prompt_tokens", tokens}, {"total_tokens", tokens}};
  return fmt::format("{{\"object\":\"list\",\"data\":[{}],\"model\":{},\"usage\":{}}}", data,
                     dump_json(OrderedJson(facts.model)), dump_json(usage));
}

void refuse_cut_texts(const std::vector<Embedding>& embeddings) {
  for (size_t i = 0; i < embeddings.size(); ++i) {
    if (!embeddings[i].truncated) continue;
    throw OpenAiError(400,
                      fmt::format("'input[{}]' has more tokens than the {} that the model reads: "
                                  "shorten or divide it",
                                  i, embeddings[i].tokens),
                      "input", "context_length_exceeded");
  }
}

// Vectors of models that were not trained for it are worth little when cut.
void check_dimensions(const EmbeddingRequest& asked, int64_t dimension) {
  if (!asked.dimensions || *asked.dimensions == dimension) return;
  fail_param("dimensions", fmt::format("must be {}: this model has no other", dimension),
             "unsupported_value");
}

http::Begun create_embeddings(const ServerModels& models, const http::Request& request) {
  const auto asked = shared(read_embedding_request(request.body));
  const auto service = openai_model(models.embedding, asked->model,
                                    [](const auto& found) { return found.facts().model; });
  const std::string parameters = fmt::format("openai base64={} dimensions={}", asked->is_base64,
                                             asked->dimensions.value_or(0));
  return service->answer(
      request, parameters, asked->texts,
      [service, asked](const Embedder& embedder) {
        check_dimensions(*asked, embedder.dimension());
        return then(embedder.prepare(asked->texts),
                    [service, asked](const std::vector<Embedding>& embeddings) {
                      refuse_cut_texts(embeddings);
                      return body_of(embeddings, *asked, service->facts());
                    });
      },
      json_response);
}

template <typename Answer>
auto with_openai_errors(const Answer& answer) -> decltype(answer()) {
  try {
    return answer();
  } catch (const OpenAiError& error) {
    return openai_error_response(error);
  }
}

}  // namespace

EmbeddingRequest read_embedding_request(std::string_view body) {
  const Json json = parse_openai_body(body);
  const OpenAiFields fields(json);
  EmbeddingRequest asked;
  asked.model = fields.text("model");
  asked.texts = inputs_of(fields);
  const std::string format = fields.text("encoding_format").value_or("float");
  if (format != "float" && format != "base64") {
    fail_param("encoding_format", "must be float or base64");
  }
  asked.is_base64 = format == "base64";
  asked.dimensions = fields.integer("dimensions", 1, INT32_MAX);
  return asked;
}

std::string base64_of(std::span<const float> values) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((values.size() * 4 + 2) / 3 * 4);
  uint32_t bits = 0;
  int bit_count = 0;
  for (const float value : values) {
    const auto bytes = std::bit_cast<uint32_t>(value);
    for (int shift = 0; shift < 32; shift += 8) {
      bits = bits << 8 | (bytes >> shift & 0xFF);
      for (bit_count += 8; bit_count >= 6; bit_count -= 6) {
        out += kDigits[bits >> (bit_count - 6) & 0x3F];
      }
    }
  }
  if (bit_count > 0) out += kDigits[bits << (6 - bit_count) & 0x3F];
  while (out.size() % 4 != 0) out += '=';
  return out;
}

void add_openai_embedding_route(const ServerModels& models, http::Router* router) {
  router->add_staged("POST", "/v1/embeddings", [&models](const http::Request& request) {
    return guard_stages([](const auto& stage) { return with_openai_errors(stage); },
                        [&] { return create_embeddings(models, request); });
  });
}

}  // namespace jnlp
