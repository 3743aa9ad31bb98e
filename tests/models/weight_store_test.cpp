#include "models/weight_store.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/file.h"
#include "kernels/dispatch.h"
#include "models/encoder_model.h"
#include "support/golden_model.h"
#include "support/paths.h"

namespace jnlp {
namespace {

namespace fs = std::filesystem;

// A copy of golden models that a test may damage.
class WeightStoreTest : public ::testing::Test {
 protected:
  WeightStoreTest() {
    for (const char* name : {"bert_model", "bert_lora_sequence"}) {
      fs::copy(test::load_golden_model(name).directory, directory_.path() / name);
    }
  }

  fs::path at(const std::string& relative) const { return directory_.path() / relative; }

  void change_json(const std::string& file, const Json& changes) {
    Json json = read_json_file(at(file));
    json.update(changes);
    write_file(at(file), dump_json(json));
  }

  // Rewrites a file of tensors; `change` may alter the list.
  template <typename Change>
  void change_tensors(const std::string& file, Change change) {
    std::vector<NamedTensor> tensors;
    {
      const Safetensors old({at(file)});
      for (const auto& [name, view] : old.tensors()) {
        tensors.push_back({name, view.dtype, view.shape, view.bytes});
      }
      change(tensors);
      write_safetensors(at(file), tensors);
    }
  }

  static NamedTensor& named(std::vector<NamedTensor>& tensors, const std::string& part) {
    for (NamedTensor& tensor : tensors) {
      if (tensor.name.find(part) != std::string::npos) return tensor;
    }
    throw std::runtime_error("no tensor " + part);
  }

  void expect_error(const std::string& model, ErrorCode code, const std::string& part) const {
    try {
      EncoderModel(ModelDir::open(at(model)), std::make_shared<ThreadPool>(1), std::nullopt,
                   best_kernels());
      ADD_FAILURE() << "loaded; expected: " << part;
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), code) << e.what();
      EXPECT_NE(std::string(e.what()).find(part), std::string::npos) << e.what();
    }
  }

  test::TemporaryDir directory_;
};

TEST_F(WeightStoreTest, NamesAMissingTensor) {
  change_tensors("bert_model/model.safetensors", [](auto& tensors) {
    named(tensors, "layer.1.attention.self.key.bias").name = "something.else";
  });
  expect_error("bert_model", ErrorCode::not_found, "bert.encoder.layer.1.attention.self.key.bias");
}

TEST_F(WeightStoreTest, NamesATensorOfAWrongShape) {
  change_json("bert_model/config.json", {{"intermediate_size", 41}});
  expect_error("bert_model", ErrorCode::invalid_input, "[40, 32] where config.json asks for [41");
}

TEST_F(WeightStoreTest, NamesATensorOfAWrongType) {
  change_tensors("bert_model/model.safetensors",
                 [](auto& tensors) { named(tensors, "word_embeddings").dtype = DType::i32; });
  expect_error("bert_model", ErrorCode::invalid_input, "I32");
}

TEST_F(WeightStoreTest, KeepsUnadaptedTensorsMapped) {
  const ModelDir model = ModelDir::open(at("bert_lora_sequence"));
  const WeightStore store(model);
  for (const WeightSpec& spec : encoder_weights(read_encoder_config(model.config))) {
    const Weight weight = store.load(spec);
    const bool adapted = spec.name.ends_with("query.weight") || spec.name.ends_with("value.weight");
    EXPECT_EQ(weight.copy.empty(), !adapted) << spec.name;
  }
}

TEST_F(WeightStoreTest, AnAdapterOfAnotherModelIsRefused) {
  change_tensors("bert_lora_sequence/adapter_model.safetensors", [](auto& tensors) {
    named(tensors, "layer.0.attention.self.query.lora_A").name =
        "base_model.model.bert.encoder.layer.7.attention.self.query.lora_A.weight";
  });
  expect_error("bert_lora_sequence", ErrorCode::invalid_input, "layer.7");
}

TEST_F(WeightStoreTest, AnAdapterThatDoesNotFitIsRefused) {
  change_tensors("bert_lora_sequence/adapter_model.safetensors", [](auto& tensors) {
    named(tensors, "layer.0.attention.self.query.lora_A").shape = {32, 4};
  });
  expect_error("bert_lora_sequence", ErrorCode::invalid_input, "does not fit");
}

TEST_F(WeightStoreTest, HalfAnAdapterIsRefused) {
  change_tensors("bert_lora_sequence/adapter_model.safetensors", [](auto& tensors) {
    std::erase_if(tensors, [](const NamedTensor& t) {
      return t.name.find("layer.0.attention.self.query.lora_B") != std::string::npos;
    });
  });
  expect_error("bert_lora_sequence", ErrorCode::invalid_input, "only one of");
}

TEST_F(WeightStoreTest, AdaptersOfOtherKindsAreRefused) {
  for (const Json& change :
       {Json{{"peft_type", "IA3"}}, Json{{"use_dora", true}}, Json{{"fan_in_fan_out", true}},
        Json{{"alpha_pattern", {{"query", 3}}}}}) {
    const std::string old = read_file(at("bert_lora_sequence/adapter_config.json"));
    change_json("bert_lora_sequence/adapter_config.json", change);
    expect_error("bert_lora_sequence", ErrorCode::unsupported, change.begin().key());
    write_file(at("bert_lora_sequence/adapter_config.json"), old);
  }
}

}  // namespace
}  // namespace jnlp
