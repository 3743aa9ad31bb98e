#include "tasks/summary_writer.h"

namespace jnlp {

std::string without_outer_space(std::string text) {
  const char* kSpace = " \t\r\n";
  text.erase(text.find_last_not_of(kSpace) + 1);
  text.erase(0, text.find_first_not_of(kSpace));
  return text;
}

}  // namespace jnlp
