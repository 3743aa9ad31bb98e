#include "models/calibrate.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/error.h"
#include "base/file.h"
#include "kernels/dispatch.h"
#include "models/activation_ranges.h"
#include "models/encoder_model.h"
#include "models/prepare_directory.h"
#include "support/golden_model.h"
#include "support/paths.h"

namespace jnlp {
namespace {

namespace fs = std::filesystem;

// A copy of a golden model, which may be calibrated.
class Copy {
 public:
  explicit Copy(const std::string& name) : golden_(test::load_golden_model(name)) {
    fs::copy(golden_.directory, path(), fs::copy_options::recursive);
  }

  fs::path path() const { return directory_.path() / "model"; }
  fs::path ranges_file() const { return path() / kActivationRangesFile; }
  const Batch& batch() const { return golden_.batch; }

  ActivationRanges calibrate(const std::vector<Batch>& batches, int threads = 2) const {
    size_t given = 0;
    const auto next = [&]() -> std::optional<Batch> {
      if (given == batches.size()) return std::nullopt;
      return batches[given++];
    };
    jnlp::calibrate(ModelDir::open(path()), std::make_shared<ThreadPool>(threads), {{}, next},
                    ranges_file());
    return read_activation_ranges(ranges_file());
  }

  std::vector<float> output(WeightType type) const {
    EncoderModel model(ModelDir::open(path()), std::make_shared<ThreadPool>(2), std::nullopt,
                       best_kernels(), {.weights = type});
    return model.run(batch()).values;
  }

 private:
  test::TemporaryDir directory_;
  test::GoldenModel golden_;
};

class CalibrateGolden : public ::testing::TestWithParam<std::string> {};

TEST_P(CalibrateGolden, EveryLayerIsSeenAndPreparingKeepsTheBits) {
  const Copy model(GetParam());
  const std::vector<float> exact = model.output(WeightType::f32);
  const std::vector<float> plain = model.output(WeightType::int8);
  const ActivationRanges ranges = model.calibrate({model.batch()});
  EXPECT_FALSE(ranges.empty());
  for (const auto& [name, maxima] : ranges) {
    EXPECT_GT(*std::max_element(maxima.begin(), maxima.end()), 0.0F) << name;
  }
  const std::vector<float> smoothed = model.output(WeightType::int8);
  EXPECT_NE(smoothed, plain);
  EXPECT_EQ(model.output(WeightType::f32), exact);

  const test::TemporaryDir directory;
  const fs::path prepared = directory.path() / "prepared";
  ThreadPool pool(2);
  prepare_directory(ModelDir::open(model.path()),
                    {.output = prepared, .engine = {WeightType::int8}}, {best_kernels(), pool});
  EncoderModel loaded(ModelDir::open(prepared), std::make_shared<ThreadPool>(2), std::nullopt,
                      best_kernels());
  EXPECT_TRUE(loaded.prepared());
  EXPECT_EQ(loaded.run(model.batch()).values, smoothed);
  // What lies beside it packs to the same.
  fs::remove(prepared / kPreparedFile);
  EncoderModel packed(ModelDir::open(prepared), std::make_shared<ThreadPool>(2), std::nullopt,
                      best_kernels(), {.weights = WeightType::int8});
  EXPECT_EQ(packed.run(model.batch()).values, smoothed);
}

std::vector<std::string> full_models() {
  std::vector<std::string> names;
  for (const std::string& name : test::golden_model_names()) {
    // An adapter is copied without its base.
    if (!fs::exists(test::load_golden_model(name).directory / "adapter_config.json")) {
      names.push_back(name);
    }
  }
  return names;
}

INSTANTIATE_TEST_SUITE_P(All, CalibrateGolden, ::testing::ValuesIn(full_models()),
                         [](const auto& info) { return info.param; });

TEST(Calibrate, TheMaximaAreThoseOfAllInputsOnAnyNumberOfThreads) {
  const Copy model("bert_sequenceclassification");
  const Batch first = test::single(model.batch(), 0);
  const Batch second = test::single(model.batch(), 1);
  ActivationRanges expected = model.calibrate({first});
  for (const auto& [name, maxima] : model.calibrate({second})) {
    std::vector<float>& all = expected.at(name);
    for (size_t i = 0; i < maxima.size(); ++i) all[i] = std::max(all[i], maxima[i]);
  }
  EXPECT_EQ(model.calibrate({first, second}, 1), expected);
  EXPECT_EQ(model.calibrate({second, first}, 3), expected);
}

TEST(Calibrate, ABatchOfNothingIsRefusedAndLeavesNoFile) {
  const Copy model("bert_sequenceclassification");
  EXPECT_THROW(model.calibrate({}), Error);
  EXPECT_FALSE(fs::exists(model.ranges_file()));
}

void expect_refused(const Copy& model, const std::string& part) {
  try {
    model.output(WeightType::int8);
    ADD_FAILURE() << "accepted; expected: " << part;
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::invalid_input);
    EXPECT_NE(std::string(e.what()).find(part), std::string::npos) << e.what();
  }
}

TEST(Calibrate, AFileOfAnotherModelOrADamagedOneIsRefused) {
  const Copy model("bert_sequenceclassification");
  ActivationRanges ranges = model.calibrate({model.batch()});
  ranges.at("layers.0.ffn.up").pop_back();
  write_activation_ranges(model.ranges_file(), ranges, {});
  expect_refused(model, "'layers.0.ffn.up' has");
  ranges.at("layers.0.ffn.up").push_back(-1.0F);
  write_activation_ranges(model.ranges_file(), ranges, {});
  expect_refused(model, "no maxima");
  write_file(model.ranges_file(), "damaged");
  expect_refused(model, std::string(kActivationRangesFile));
}

}  // namespace
}  // namespace jnlp
