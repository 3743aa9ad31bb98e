#include "server/embedding_json.h"

#include <fmt/format.h>

#include <cmath>
#include <iterator>

#include "base/error.h"

namespace jnlp {
namespace {

double dot(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * b[i];
  return sum;
}

}  // namespace

std::string vector_json(const Embedding& embedding) {
  std::string json = "[";
  for (const float value : embedding.values) {
    if (!std::isfinite(value)) throw Error(ErrorCode::internal, "an embedding is not finite");
    fmt::format_to(std::back_inserter(json), "{},", value);
  }
  if (json.back() == ',') json.pop_back();
  return json + "]";
}

std::string embeddings_json(std::span<const Embedding> embeddings) {
  std::string json = "[";
  for (const Embedding& embedding : embeddings) {
    if (json.size() > 1) json += ',';
    json += vector_json(embedding);
  }
  return json + "]";
}

OrderedJson similarities_json(std::span<const Embedding> embeddings) {
  OrderedJson similarities = OrderedJson::array();
  const std::vector<float>& first = embeddings.front().values;
  for (const Embedding& other : embeddings.subspan(1)) {
    const double lengths = std::sqrt(dot(first, first) * dot(other.values, other.values));
    const double cosine = lengths > 0 ? dot(first, other.values) / lengths : 0;
    similarities.push_back(shortest(static_cast<float>(cosine)));
  }
  return similarities;
}

}  // namespace jnlp
