#pragma once

#include <exception>
#include <iostream>
#include <string>

#include "base/json.h"

namespace jnlp {

/// Writes `ready`, then a line of JSON for each line read, until "quit" or the end of input.
/// answer(line) gives the reply; what it throws becomes {"err": ...}.
template <typename Answer>
void serve_lines(const Json& ready, Answer answer) {
  std::cout << ready.dump() << std::endl;
  std::string line;
  while (std::getline(std::cin, line) && line != "quit") {
    Json reply;
    try {
      reply = answer(line);
    } catch (const std::exception& e) {
      reply = {{"err", e.what()}};
    }
    std::cout << reply.dump() << std::endl;
  }
}

}  // namespace jnlp
