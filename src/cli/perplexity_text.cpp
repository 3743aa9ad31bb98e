#include "cli/perplexity_text.h"

#include "base/file.h"
#include "base/json.h"
#include "evaluate/dataset_locator.h"

namespace jnlp {

PerplexityText read_perplexity_text(const std::string& file) {
  if (!file.empty()) return {read_file(file), file};
  const Json set = read_json_file(locate_dataset("qa", "smoke", default_data_dirs(), "").path);
  std::string text;
  for (const Json& article : set.at("data")) {
    for (const Json& paragraph : article.at("paragraphs")) {
      if (!text.empty()) text += "\n\n";
      text += paragraph.at("context").get<std::string>();
    }
  }
  return {text, "the smoke set"};
}

}  // namespace jnlp
