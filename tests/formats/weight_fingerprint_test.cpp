#include "formats/weight_fingerprint.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "formats/safetensors.h"
#include "support/paths.h"

namespace jnlp {
namespace {

namespace fs = std::filesystem;

class WeightFingerprint : public ::testing::Test {
 protected:
  // A large tensor and a small one, each filled with one number.
  static void write_weights(const fs::path& path, float large, float small) {
    fs::create_directories(path.parent_path());
    const std::vector<float> many(100'000, large);
    const std::vector<float> few(2, small);
    write_safetensors(path,
                      {{"encoder.weight", DType::f32, {100'000}, std::as_bytes(std::span(many))},
                       {"classifier.bias", DType::f32, {2}, std::as_bytes(std::span(few))}});
  }

  std::string fingerprint() const { return weight_fingerprint(ModelDir::open(directory_.path())); }

  void SetUp() override {
    write_file(directory_.path() / "config.json", R"({"model_type": "bert"})");
    write_weights(directory_.path() / "model.safetensors", 1, 2);
    before_ = fingerprint();
  }

  test::TemporaryDir directory_;
  std::string before_;
};

TEST_F(WeightFingerprint, IsTheSameForTheSameFiles) {
  write_weights(directory_.path() / "model.safetensors", 1, 2);
  EXPECT_EQ(fingerprint(), before_);
}

// Also where only a tensor of eight bytes was trained.
TEST_F(WeightFingerprint, ShowsWhichTensorWasTrained) {
  write_weights(directory_.path() / "model.safetensors", 1, 3);
  const std::string other_head = fingerprint();
  EXPECT_NE(other_head, before_);
  write_weights(directory_.path() / "model.safetensors", 4, 2);
  EXPECT_NE(fingerprint(), before_);
  EXPECT_NE(fingerprint(), other_head);
}

TEST_F(WeightFingerprint, CoversTheModulesOfSentenceTransformers) {
  const fs::path dense = directory_.path() / "2_Dense";
  write_weights(dense / "model.safetensors", 5, 6);
  write_file(dense / "config.json", R"({"bias": true})");
  write_file(directory_.path() / "modules.json",
             R"([{"path": "", "type": "Transformer"}, {"path": "2_Dense", "type": "Dense"}])");
  const std::string with_modules = fingerprint();
  EXPECT_NE(with_modules, before_);
  write_weights(dense / "model.safetensors", 5, 7);
  const std::string other_weights = fingerprint();
  EXPECT_NE(other_weights, with_modules);
  write_file(dense / "config.json", R"({"bias": false})");
  EXPECT_NE(fingerprint(), other_weights);
}

TEST_F(WeightFingerprint, ADamagedFileIsAnError) {
  fs::resize_file(directory_.path() / "model.safetensors", 1000);
  EXPECT_THROW(fingerprint(), Error);
}

}  // namespace
}  // namespace jnlp
