#include "backends/native/native_backend.h"

#include <gtest/gtest.h>

#include "support/golden_model.h"

namespace jnlp {
namespace {

TEST(NativeBackend, RunsAModelDirectory) {
  const test::GoldenModel golden = test::load_golden_model("bert_tokenclassification");
  const auto backend =
      load_native_backend(ModelDir::open(golden.directory), std::make_shared<ThreadPool>(2));
  EXPECT_EQ(backend->head(), Head::token_classification);
  EXPECT_EQ(backend->output_size(), 3);
  EXPECT_EQ(backend->max_sequence_length(), 40);
  EXPECT_TRUE(backend->description().starts_with("native fp32 ")) << backend->description();
  EXPECT_TRUE(backend->description().ends_with(", 2 threads")) << backend->description();
  const Output output = backend->run(golden.batch);
  ASSERT_EQ(output.values.size(), golden.output.size());
  for (size_t i = 0; i < golden.output.size(); ++i) {
    EXPECT_NEAR(output.values[i], golden.output[i], 1e-4F) << i;
  }
}

}  // namespace
}  // namespace jnlp
