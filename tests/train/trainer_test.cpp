#include "train/trainer.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/file.h"
#include "formats/model_dir.h"
#include "formats/safetensors.h"
#include "support/paths.h"

namespace jnlp {
namespace {

namespace fs = std::filesystem;

const std::atomic<bool> kNoStop{false};

std::string sentiment_data() {
  std::string text = "text\tlabel\n";
  for (const char* noun : {"film", "cat", "mat", "city", "song", "river"}) {
    text += std::string("a good ") + noun + "\tpositive\n";
    text += std::string("a bad ") + noun + "\tnegative\n";
  }
  return text;
}

class Trainer : public testing::Test {
 protected:
  Trainer() {
    write_file(directory_.path() / "train.tsv", sentiment_data());
    options_.files.base = test::test_file("golden/tasks/classify_softmax");
    options_.files.data = {directory_.path() / "train.tsv"};
    options_.files.dev = options_.files.data;
    options_.files.output = directory_.path() / "out";
    options_.lora.rank = 4;
    options_.max_length = 32;
    options_.stride = 8;
    options_.batch_size = 4;
    options_.learning_rate = 1e-2;
    options_.epochs = 20;
    options_.threads = 2;
    options_.checkpoint_every = 5;
  }

  std::string weights() const {
    const fs::path adapter = options_.files.output / "adapter_model.safetensors";
    return read_file(fs::exists(adapter) ? adapter : options_.files.output / "model.safetensors");
  }

  const test::TemporaryDir directory_;
  TrainOptions options_;
};

TEST_F(Trainer, LoraLearnsASmallSet) {
  options_.dropout = 0;
  options_.epochs = 60;
  const OrderedJson report = train(options_, kNoStop);
  EXPECT_EQ(report.at("metrics").at("accuracy"), 1.0) << report.dump(2);
  const ModelDir model = ModelDir::open(options_.files.output);
  EXPECT_TRUE(model.is_adapter());
  EXPECT_EQ(label_names(model.config), (std::vector<std::string>{"negative", "positive"}));
  EXPECT_FALSE(fs::exists(options_.files.output.string() + ".checkpoint"));
  const std::string card = read_file(options_.files.output / "README.md");
  EXPECT_NE(card.find("train.tsv"), std::string::npos);
  EXPECT_NE(card.find("accuracy"), std::string::npos);
}

TEST_F(Trainer, AllWeightsLearnASmallSet) {
  options_.method = TrainMethod::full;
  options_.dropout = 0;
  options_.epochs = 60;
  const OrderedJson report = train(options_, kNoStop);
  EXPECT_EQ(report.at("metrics").at("accuracy"), 1.0) << report.dump(2);
  const ModelDir model = ModelDir::open(options_.files.output);
  EXPECT_FALSE(model.is_adapter());
  EXPECT_TRUE(fs::exists(options_.files.output / "tokenizer.json"));
}

TEST_F(Trainer, AdapterHasPeftsNames) {
  options_.max_steps = 2;
  options_.half_precision_output = true;
  train(options_, kNoStop);
  const Safetensors file({options_.files.output / "adapter_model.safetensors"});
  const std::string layer = "base_model.model.bert.encoder.layer.0.";
  const TensorView& a = file.at(layer + "attention.self.query.lora_A.weight");
  EXPECT_EQ(a.shape, (std::vector<int64_t>{4, 16}));
  EXPECT_EQ(a.dtype, DType::f16);
  EXPECT_TRUE(file.contains(layer + "output.dense.lora_B.weight"));
  EXPECT_TRUE(file.contains("base_model.model.classifier.weight"));
  EXPECT_TRUE(file.contains("base_model.model.bert.pooler.dense.bias"));
  const Json config = read_json_file(options_.files.output / "adapter_config.json");
  EXPECT_EQ(config.at("modules_to_save"), Json({"pooler", "classifier"}));
  EXPECT_EQ(config.at("target_modules").size(), 6U);
}

TEST_F(Trainer, SameBitsOnAnyNumberOfThreads) {
  options_.epochs = 2;
  options_.threads = 1;
  train(options_, kNoStop);
  const std::string one = weights();
  options_.threads = 3;
  options_.files.overwrite = true;
  train(options_, kNoStop);
  EXPECT_EQ(one, weights());
}

TEST_F(Trainer, ResumedRunHasTheBitsOfAnUninterruptedOne) {
  options_.eval_every = 4;
  options_.max_steps = 17;
  train(options_, kNoStop);
  const std::string uninterrupted = weights();

  // Stopped at once, then after every checkpoint that a short time limit allows.
  options_.files.output = directory_.path() / "resumed";
  std::atomic<bool> stop{true};
  EXPECT_THROW(train(options_, stop), Error);
  ASSERT_TRUE(fs::exists(options_.files.output.string() + ".checkpoint"));
  EXPECT_THROW(train(options_, kNoStop), Error) << "a checkpoint is never overwritten unasked";
  options_.files.resume = true;
  options_.stop_after = 7;
  EXPECT_THROW(train(options_, kNoStop), Error);
  options_.stop_after = 0;
  train(options_, kNoStop);
  EXPECT_EQ(uninterrupted, weights());
}

TEST_F(Trainer, ResumeRefusesOtherSettings) {
  options_.stop_after = 3;
  EXPECT_THROW(train(options_, kNoStop), Error);
  options_.stop_after = 0;
  options_.files.resume = true;
  options_.learning_rate = 1e-3;
  try {
    train(options_, kNoStop);
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("learning_rate"), std::string::npos) << error.what();
  }
}

TEST_F(Trainer, FailureLeavesTheOldOutput) {
  options_.epochs = 1;
  train(options_, kNoStop);
  const std::string old = weights();
  EXPECT_THROW(train(options_, kNoStop), Error) << "an output is never overwritten unasked";
  options_.files.overwrite = true;
  options_.learning_rate = 1e30;
  EXPECT_THROW(train(options_, kNoStop), Error) << "the loss is not finite";
  options_.learning_rate = 1e-3;
  fs::remove(options_.files.output.string() + ".checkpoint");
  options_.stop_after = 2;
  EXPECT_THROW(train(options_, kNoStop), Error);
  EXPECT_EQ(old, weights());
  for (const auto& entry : fs::directory_iterator(directory_.path())) {
    EXPECT_EQ(entry.path().string().find("partial"), std::string::npos) << entry.path();
  }
}

TEST_F(Trainer, EarlyStoppingKeepsTheBest) {
  options_.patience = 2;
  options_.dropout = 0;
  options_.epochs = 60;
  const OrderedJson report = train(options_, kNoStop);
  EXPECT_LT(report.at("steps").get<int64_t>(), report.at("planned_steps").get<int64_t>());
  EXPECT_LT(report.at("best_step").get<int64_t>(), report.at("steps").get<int64_t>());
}

TEST_F(Trainer, TooLongForTheModelIsRefused) {
  options_.max_length = 4096;
  EXPECT_THROW(train(options_, kNoStop), Error);
}

}  // namespace
}  // namespace jnlp
