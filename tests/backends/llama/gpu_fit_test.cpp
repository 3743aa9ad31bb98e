#include "backends/llama/gpu_fit.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <numeric>
#include <vector>

#include "base/error.h"
#include "chat_model.h"

namespace jnlp {
namespace {

int64_t fit(const LayerMemory& model, const std::vector<int64_t>& free) {
  return layers_that_fit(model, free);
}

TEST(GpuFit, TheOutputGoesFirstAndThenLayersFromTheLastOne) {
  const LayerMemory model = {.layers = {10, 20, 30}, .output = 5, .computing = 100};
  EXPECT_EQ(fit(model, {165}), 4) << "all of it fits exactly";
  EXPECT_EQ(fit(model, {164}), 3) << "the first layer does not";
  EXPECT_EQ(fit(model, {155}), 3);
  EXPECT_EQ(fit(model, {154}), 2);
  EXPECT_EQ(fit(model, {135}), 2);
  EXPECT_EQ(fit(model, {1'000'000}), 4);
}

// A layer that does not fit ends it, though one further up is smaller: they are in a row.
TEST(GpuFit, NoLayerIsLeftOut) {
  EXPECT_EQ(fit({.layers = {1, 1, 50, 1}, .output = 1, .computing = 0}, {20}), 2);
}

TEST(GpuFit, NothingWhereNoLayerFits) {
  const LayerMemory model = {.layers = {10, 20, 30}, .output = 5, .computing = 100};
  EXPECT_EQ(fit(model, {134}), 0) << "the output alone";
  EXPECT_EQ(fit(model, {104}), 0);
  EXPECT_EQ(fit(model, {99}), 0) << "not even room to compute";
  EXPECT_EQ(fit(model, {0}), 0);
  EXPECT_EQ(fit(model, {}), 0) << "no device";
}

TEST(GpuFit, EachOfSeveralDevicesComputesAndMayHaveAGap) {
  const LayerMemory model = {.layers = {10, 10, 10}, .output = 5, .computing = 100};
  EXPECT_EQ(fit(model, {135, 120}), 4) << "25 + 10 behind what is left free";
  EXPECT_EQ(fit(model, {134, 120}), 3);
  EXPECT_EQ(fit(model, {135, 50}), 3) << "a device that is too small does not count against it";
}

class GpuFitOfModel : public testing::Test {
 protected:
  void SetUp() override {
    if (!test::chat_model()) GTEST_SKIP() << "the chat model is not set up (tools/setup.sh llm)";
  }
};

TEST_F(GpuFitOfModel, ReadsWhatItTakesFromTheFile) {
  const LayerMemory memory = read_layer_memory(*test::chat_model(), 1024, 1);
  ASSERT_EQ(memory.layers.size(), 30U);
  // 3 heads of 64 numbers of 2 bytes, keys and values.
  const int64_t cache_of_a_token = 2 * 3 * 64 * 2;
  const int64_t weights = std::accumulate(memory.layers.begin(), memory.layers.end(), int64_t{0}) +
                          memory.output - 30 * 1024 * cache_of_a_token;
  const auto file = static_cast<int64_t>(std::filesystem::file_size(*test::chat_model()));
  EXPECT_LT(weights, file);
  EXPECT_GT(weights, file * 95 / 100) << "the rest is the vocabulary";
  EXPECT_GT(memory.output, 49152 * 576 / 2) << "it reads tokens and chooses them by one matrix";
}

TEST_F(GpuFitOfModel, ALongerContextAndMoreSequencesTakeMore) {
  const LayerMemory one = read_layer_memory(*test::chat_model(), 1024, 1);
  const LayerMemory more = read_layer_memory(*test::chat_model(), 2048, 3);
  EXPECT_EQ(more.layers[0] - one.layers[0], 5 * 1024 * 768);
  EXPECT_EQ(more.output, one.output);
  EXPECT_GT(more.computing, one.computing);
  EXPECT_EQ(read_layer_memory(*test::chat_model(), 0, 1).layers[0],
            read_layer_memory(*test::chat_model(), 4096, 1).layers[0]);
}

TEST_F(GpuFitOfModel, AutomaticIsNoneWithoutAGpuAndTheDescriptionSaysSo) {
  if (!gpu_memory().free.empty()) GTEST_SKIP() << "this machine has a GPU that llama.cpp can use";
  LlamaOptions options;
  options.context_size = 256;
  options.threads = 1;
  options.gpu_layers = GpuLayers::Kind::automatic;
  const auto model = load_llama(*test::chat_model(), options);
  EXPECT_EQ(model->placement().layers, 31);
  EXPECT_EQ(model->placement().on_gpu, 0);
  EXPECT_NE(model->description().find("31 layers on the CPU"), std::string::npos)
      << model->description();
  options.gpu_layers = GpuLayers::Kind::all;
  EXPECT_THROW(load_llama(*test::chat_model(), options), Error);
}

TEST(GpuFitOfFile, OneThatIsNone) {
  EXPECT_THROW(read_layer_memory("/nowhere/model.gguf", 0, 1), Error);
}

}  // namespace
}  // namespace jnlp
