#include <gtest/gtest.h>

#include "base/error.h"
#include "base/file.h"
#include "kernels/dispatch.h"
#include "models/encoder_model.h"
#include "models/prepare_directory.h"
#include "support/golden_model.h"
#include "support/paths.h"

namespace jnlp {
namespace {

namespace fs = std::filesystem;

EncoderModel load_directory(const fs::path& directory, std::optional<Head> head = std::nullopt,
                            const EngineOptions& options = {}) {
  return EncoderModel(ModelDir::open(directory), std::make_shared<ThreadPool>(2), head,
                      best_kernels(), options);
}

PrepareResult prepare(const fs::path& model, const PrepareOptions& options) {
  ThreadPool pool(2);
  return prepare_directory(ModelDir::open(model), options, {best_kernels(), pool});
}

class PreparedGolden : public ::testing::TestWithParam<std::string> {};

TEST_P(PreparedGolden, GivesTheBitsOfTheModelPackedAtLoad) {
  const test::GoldenModel golden = test::load_golden_model(GetParam());
  const test::TemporaryDir directory;
  for (const WeightType type : {WeightType::f32, WeightType::int8}) {
    const EngineOptions engine{type, {{"ffn.down"}}};
    const fs::path output = directory.path() / to_string(type);
    prepare(golden.directory, {.output = output, .engine = engine});
    EncoderModel packed = load_directory(golden.directory, std::nullopt, engine);
    EncoderModel prepared = load_directory(output);
    ASSERT_TRUE(prepared.prepared());
    EXPECT_FALSE(packed.prepared());
    EXPECT_EQ(prepared.options().weight_type(), type);
    EXPECT_EQ(prepared.head(), packed.head());
    const Output expected = packed.run(golden.batch);
    EXPECT_EQ(prepared.run(golden.batch).values, expected.values) << to_string(type);
    // What lies beside it for other tools is the same model (an adapter's is merged).
    EncoderModel repacked = load_directory(output, std::nullopt, {type, {{"ffn."}}});
    EXPECT_FALSE(repacked.prepared());
    EncoderModel other = load_directory(golden.directory, std::nullopt, {type, {{"ffn."}}});
    EXPECT_EQ(repacked.run(golden.batch).values, other.run(golden.batch).values);
  }
}

INSTANTIATE_TEST_SUITE_P(All, PreparedGolden, ::testing::ValuesIn(test::golden_model_names()),
                         [](const auto& info) { return info.param; });

class Prepared : public ::testing::Test {
 protected:
  Prepared() { prepare(source(), {.output = model(), .engine = {WeightType::int8}}); }

  static fs::path source() { return test::load_golden_model("sentence_dense").directory; }
  fs::path model() const { return directory_.path() / "model"; }
  fs::path file() const { return model() / kPreparedFile; }

  using Metadata = std::map<std::string, std::string, std::less<>>;
  // The file written again with something changed.
  template <typename Change>
  void rewrite(Change change) {
    {
      const Safetensors old({file()});
      std::vector<NamedTensor> tensors;
      for (const auto& [name, tensor] : old.tensors()) {
        tensors.push_back({name, tensor.dtype, tensor.shape, tensor.bytes});
      }
      Metadata metadata = old.metadata();
      change(&tensors, &metadata);
      write_safetensors(file(), tensors, metadata);
    }
  }

  void expect_refused(const std::string& part, const EngineOptions& options = {}) {
    try {
      load_directory(model(), std::nullopt, options);
      ADD_FAILURE() << "accepted; expected: " << part;
    } catch (const Error& e) {
      EXPECT_NE(std::string(e.what()).find(part), std::string::npos) << e.what();
      EXPECT_NE(std::string(e.what()).find("prepare"), std::string::npos) << e.what();
    }
  }

  const test::TemporaryDir directory_;
};

TEST_F(Prepared, IsIgnoredWhenSomethingElseIsAsked) {
  EXPECT_TRUE(load_directory(model()).prepared());
  EXPECT_TRUE(load_directory(model(), Head::embedding, {WeightType::int8}).prepared());
  EXPECT_FALSE(load_directory(model(), std::nullopt, {WeightType::f32}).prepared());
  EXPECT_FALSE(load_directory(model(), std::nullopt, {WeightType::int8, {{"ffn"}}}).prepared());
}

TEST_F(Prepared, AloneItServesOnlyWhatItWasMadeFor) {
  const fs::path alone = directory_.path() / "alone";
  prepare(source(), {.output = alone, .engine = {WeightType::int8}, .prepared_only = true});
  EXPECT_FALSE(fs::exists(alone / "model.safetensors"));
  const test::GoldenModel golden = test::load_golden_model("sentence_dense");
  EXPECT_EQ(load_directory(alone).run(golden.batch).values,
            load_directory(model()).run(golden.batch).values);
  EXPECT_THROW(load_directory(alone, std::nullopt, {WeightType::f32}), Error);
  EXPECT_THROW(load_directory(alone, Head::masked_lm), Error);
  EXPECT_THROW(prepare(alone, {.output = directory_.path() / "again"}), Error);
  EXPECT_FALSE(fs::exists(directory_.path() / "again"));
}

TEST_F(Prepared, InTheModelsOwnDirectoryOnlyTheFileIsAdded) {
  const fs::path own = directory_.path() / "own";
  fs::copy(source(), own, fs::copy_options::recursive);
  const std::string config = read_file(own / "config.json");
  prepare(own, {.output = own, .engine = {WeightType::int8}});
  EXPECT_TRUE(load_directory(own).prepared());
  EXPECT_EQ(read_file(own / "config.json"), config);
  EXPECT_THROW(prepare(own, {.output = own}), Error);
  // Its weights may be the only ones.
  EXPECT_THROW(prepare(source(), {.output = own, .force = true}), Error);
  prepare(own, {.output = own, .force = true});
  EXPECT_EQ(load_directory(own).options().weight_type(), WeightType::f32);
}

TEST_F(Prepared, ReplacesOnlyAPreparedModelAndOnlyWhenTold) {
  EXPECT_THROW(prepare(source(), {.output = model()}), Error);
  prepare(source(), {.output = model(), .force = true});
  EXPECT_EQ(load_directory(model()).options().weight_type(), WeightType::f32);
  const fs::path other = directory_.path() / "other";
  fs::create_directory(other);
  write_file(other / "letter.txt", "dear");
  EXPECT_THROW(prepare(source(), {.output = other, .force = true}), Error);
  EXPECT_EQ(read_file(other / "letter.txt"), "dear");
  fs::remove(other / "letter.txt");
  prepare(source(), {.output = other});
  EXPECT_TRUE(load_directory(other).prepared());
}

TEST_F(Prepared, NothingIsLeftOfAFailure) {
  const fs::path damaged = directory_.path() / "damaged";
  fs::copy(source(), damaged, fs::copy_options::recursive);
  fs::resize_file(damaged / "model.safetensors", 5000);
  EXPECT_THROW(prepare(damaged, {.output = directory_.path() / "out"}), Error);
  EXPECT_EQ(std::distance(fs::directory_iterator(directory_.path()), fs::directory_iterator()), 2);
}

TEST_F(Prepared, ADamagedFileIsRefused) {
  const std::string whole = read_file(file());
  for (const size_t length : {size_t{0}, size_t{7}, size_t{2000}, whole.size() - 1}) {
    write_file(file(), whole.substr(0, length));
    expect_refused("sound safetensors");
  }
}

TEST_F(Prepared, AFileOfAnotherVersionIsRefused) {
  rewrite([](auto* /*tensors*/, Metadata* metadata) { (*metadata)["version"] = "0"; });
  expect_refused("version 0");
}

TEST_F(Prepared, AFileThatIsSomethingElseIsRefused) {
  fs::copy_file(model() / "model.safetensors", file(), fs::copy_options::overwrite_existing);
  expect_refused("no prepared model");
}

TEST_F(Prepared, AnotherConfigIsRefused) {
  std::string config = read_file(model() / "config.json");
  write_file(model() / "config.json", " " + config + "\n");  // the same to who reads it
  EXPECT_TRUE(load_directory(model()).prepared());
  const size_t at = config.find("1e-12");
  ASSERT_NE(at, std::string::npos);
  write_file(model() / "config.json", config.replace(at, 5, "1e-11"));
  expect_refused("another config.json");
  EXPECT_FALSE(load_directory(model(), std::nullopt, {WeightType::f32}).prepared());
}

TEST_F(Prepared, OtherWeightsOfTheSameSizeAreRefused) {
  std::string weights = read_file(model() / "model.safetensors");
  for (size_t i = weights.size() / 2; i < weights.size(); ++i) weights[i] ^= 1;
  write_file(model() / "model.safetensors", weights);
  expect_refused("other weights");
}

TEST_F(Prepared, TensorsThatDoNotFitAreRefused) {
  const std::string whole = read_file(file());
  const auto tensor = [](std::vector<NamedTensor>* tensors, const std::string& name) {
    return std::find_if(tensors->begin(), tensors->end(),
                        [&](const NamedTensor& t) { return t.name == name; });
  };
  const std::string layer = "layers.0.ffn.up";
  for (const std::string end : {".panels", ".bias", ".column_scales", ".column_sums"}) {
    rewrite([&](auto* tensors, Metadata*) { tensors->erase(tensor(tensors, layer + end)); });
    expect_refused("lacks '" + layer + end + "'");
    write_file(file(), whole);
    rewrite([&](auto* tensors, Metadata*) {
      auto found = tensor(tensors, layer + end);
      found->shape.front() -= 1;
      const size_t rest = found->bytes.size() / static_cast<size_t>(found->shape.front() + 1);
      found->bytes = found->bytes.subspan(rest);
    });
    expect_refused("'" + layer + end + "' has another type or size");
    write_file(file(), whole);
  }
  for (const std::string name : {"embeddings.word.bytes", "embeddings.word.row_scales"}) {
    rewrite([&](auto* tensors, Metadata*) {
      auto found = tensor(tensors, name);
      const size_t row = found->bytes.size() / static_cast<size_t>(found->shape[0]);
      found->shape[0] -= 1;
      found->bytes = found->bytes.subspan(row);
    });
    expect_refused("'" + name + "' has another type or size");
    write_file(file(), whole);
  }
  rewrite(
      [&](auto* tensors, Metadata*) { tensors->erase(tensor(tensors, "layers.0.ffn.norm.bias")); });
  expect_refused("lacks 'layers.0.ffn.norm.bias'");
  write_file(file(), whole);
  rewrite([&](auto* tensors, Metadata*) {
    auto found = tensor(tensors, "embeddings.position.weight");
    found->shape = {1, found->shape[0] * found->shape[1]};
  });
  expect_refused("'embeddings.position.weight' has a wrong shape");
}

TEST_F(Prepared, LayersThatLieAboutThemselvesAreRefused) {
  const std::string whole = read_file(file());
  for (const std::string value :
       {"", "int8", "int8 64 x", "int8 0 32", "int8 -16 32", "int8 64 99999999999999999999",
        "int8 64 64", "int8 80 32", "int8 268435456 268435456", "fp32 64 32", "int9 64 32"}) {
    rewrite([&](auto*, Metadata* metadata) { (*metadata)["linear.layers.0.ffn.up"] = value; });
    expect_refused("layers.0.ffn.up");
    write_file(file(), whole);
  }
  for (const std::string key : {"head", "weights"}) {
    rewrite([&](auto*, Metadata* metadata) { (*metadata)[key] = "nonsense"; });
    expect_refused("is not known");
    write_file(file(), whole);
  }
}

}  // namespace
}  // namespace jnlp
