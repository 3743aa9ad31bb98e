#include <gtest/gtest.h>

#include <string>

#include "backends/llama/llama_backend.h"
#include "base/error.h"

namespace jnlp {
namespace {

TEST(WithoutLlama, SaysWhatToDo) {
  EXPECT_FALSE(has_llama());
  try {
    load_llama("any.gguf");
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::unsupported);
    EXPECT_NE(std::string(error.what()).find("tools/setup.sh llama"), std::string::npos);
  }
}

}  // namespace
}  // namespace jnlp
