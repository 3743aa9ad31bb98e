#include "golden_model.h"

#include "base/thread_pool.h"
#include "cli/load_model.h"
#include "support/paths.h"

namespace jnlp::test {

LoadedModel golden_model(const std::string& name, std::optional<Head> head) {
  return load_model(test_file("golden/tasks/" + name).string(), std::make_shared<ThreadPool>(1), {},
                    head);
}

Json golden_cases(const std::string& name) {
  return read_json_file(test_file("golden/tasks/" + name + ".json"));
}

std::string long_text(size_t words) {
  std::string text;
  for (size_t i = 0; i < words; ++i) {
    text += (i % 7 == 0) ? "Maria Silva " : (i % 5 == 0) ? "of Porto " : "the old harbour ";
    text += std::to_string(i) + ' ';
  }
  return text;
}

}  // namespace jnlp::test
