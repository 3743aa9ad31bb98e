#include "train/network.h"

#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include "backends/native/native_backend.h"
#include "support/paths.h"
#include "train/export.h"
#include "train/gradients.h"
#include "train/lora_linear.h"
#include "train/network_backend.h"

namespace jnlp {
namespace {

TEST(LoraLinear, HasTheGradientsOfThePlainFormula) {
  const at::Tensor input = at::randn({7, 5}).requires_grad_();
  const at::Tensor weight = at::randn({4, 5}), bias = at::randn({4});
  const at::Tensor a = at::randn({2, 5}).requires_grad_(), b = at::randn({4, 2}).requires_grad_();
  const at::Tensor ours = lora_linear(input, weight, bias, a, b, 0.5);
  const at::Tensor plain = at::linear(input, weight + 0.5 * at::matmul(b, a), bias);
  EXPECT_TRUE(at::allclose(ours, plain, 1e-5, 1e-6));
  const auto got = torch::autograd::grad({ours.pow(2).sum()}, {input, a, b});
  const auto expected = torch::autograd::grad({plain.pow(2).sum()}, {input, a, b});
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_TRUE(at::allclose(got[i], expected[i], 1e-4, 1e-5)) << "gradient " << i;
  }
}

struct Case {
  const char* model;
  TrainTask task;
  TrainMethod method;
};

std::vector<TrainExample> random_examples(TrainTask task, int64_t vocabulary) {
  std::vector<TrainExample> examples;
  for (int32_t i = 0; i < 6; ++i) {
    const int32_t length = 3 + (i * 5) % 11;
    TrainExample example;
    for (int32_t t = 0; t < length; ++t) {
      example.ids.push_back(3 + (i * 31 + t * 7) % static_cast<int32_t>(vocabulary - 3));
      example.types.push_back(0);
      if (task == TrainTask::ner) example.labels.push_back(t % 3);
    }
    if (task == TrainTask::classification) example.labels = {i % 3};
    if (task == TrainTask::qa) example.labels = {1, 2};
    examples.push_back(std::move(example));
  }
  return examples;
}

class EveryArchitecture : public testing::TestWithParam<Case> {};

// The trained model, written and loaded into the native engine, gives the logits of training: the
// forward pass, the names of all tensors and the adapter's layout agree.
TEST_P(EveryArchitecture, TheEngineRunsWhatWasTrained) {
  const auto [model, task, method] = GetParam();
  const ModelDir base = ModelDir::open(test::test_file(std::string("golden/encoders/") + model));
  const test::TemporaryDir directory;
  TrainOptions options;
  options.task = task;
  options.method = method;
  options.files.base = base.path;
  options.files.output = directory.path() / "out";
  options.lora.rank = 2;
  const int64_t outputs = task == TrainTask::qa ? 2 : 3;
  const Network network(base, options, outputs, at::kCPU);
  ThreadPool pool(2);
  GradientWorkers workers(network, options, &pool);
  const auto examples = random_examples(task, network.config().vocab_size);
  // A step that changes everything: LoRA's B would stay zero otherwise.
  const BatchGradients step = workers.run(examples, {0, 1, 2, 3, 4, 5}, 0);
  EXPECT_TRUE(std::isfinite(step.loss));
  for (size_t i = 0; i < network.parameters().size(); ++i) {
    network.parameters()[i].value.detach().sub_(step.gradients[i] * 0.1);
  }
  const std::vector<std::string> labels = task == TrainTask::qa
                                              ? std::vector<std::string>{}
                                              : std::vector<std::string>{"O", "B-X", "I-X"};
  export_model(base, network, options, labels, "", {});

  Batch batch;
  for (const TrainExample& example : examples) batch.add(example.ids, example.types);
  const Output trained = NetworkBackend(network, &workers, task, outputs).run(batch);
  const auto engine =
      load_native_backend(ModelDir::open(options.files.output), std::make_shared<ThreadPool>(1));
  const Output loaded = engine->run(batch);
  ASSERT_EQ(trained.values.size(), loaded.values.size());
  float largest = 0;
  for (const float value : trained.values) largest = std::max(largest, std::abs(value));
  for (size_t i = 0; i < loaded.values.size(); ++i) {
    ASSERT_NEAR(trained.values[i], loaded.values[i], 2e-5 * std::max(1.0F, largest)) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Models, EveryArchitecture,
    testing::Values(
        Case{"bert_model", TrainTask::classification, TrainMethod::lora},
        Case{"bert_model", TrainTask::ner, TrainMethod::lora},
        Case{"bert_model", TrainTask::qa, TrainMethod::full},
        Case{"distilbert_sequenceclassification", TrainTask::classification, TrainMethod::lora},
        Case{"roberta_sequenceclassification", TrainTask::classification, TrainMethod::full},
        Case{"roberta_tokenclassification", TrainTask::ner, TrainMethod::lora},
        Case{"electra_sequenceclassification", TrainTask::classification, TrainMethod::full},
        Case{"albert_sequenceclassification", TrainTask::classification, TrainMethod::lora}),
    [](const auto& info) {
      return std::string(info.param.model) + "_" + to_string(info.param.task) + "_" +
             to_string(info.param.method);
    });

TEST(Network, GradientsAgreeWithFiniteDifferences) {
  const ModelDir base = ModelDir::open(test::test_file("golden/encoders/bert_model"));
  TrainOptions options;
  options.method = TrainMethod::full;
  options.dropout = 0;
  const Network network(base, options, 3, at::kCPU);
  ThreadPool pool(1);
  GradientWorkers workers(network, options, &pool);
  const auto examples = random_examples(options.task, network.config().vocab_size);
  const IndexList batch = {0, 1, 2, 3, 4, 5};
  const BatchGradients analytic = workers.run(examples, batch, 0);
  for (size_t p = 0; p < network.parameters().size(); ++p) {
    // Along the gradient itself the loss must change by the square of its norm.
    at::Tensor value = network.parameters()[p].value.detach();
    const double norm = analytic.gradients[p].norm().item<double>();
    if (norm < 1e-3) continue;
    const at::Tensor step = analytic.gradients[p] * (5e-3 / norm);
    value.add_(step);
    const double above = workers.run(examples, batch, 0).loss;
    value.sub_(2 * step);
    const double below = workers.run(examples, batch, 0).loss;
    value.add_(step);
    EXPECT_NEAR((above - below) / 1e-2, norm, 0.03 * norm + 1e-3) << network.parameters()[p].name;
  }
}

}  // namespace
}  // namespace jnlp
