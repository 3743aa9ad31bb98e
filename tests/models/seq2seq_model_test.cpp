#include "models/seq2seq_model.h"

#include <gtest/gtest.h>

#include <thread>

#include "base/error.h"
#include "formats/safetensors.h"
#include "kernels/dispatch.h"
#include "support/batch_of.h"
#include "support/golden_seq2seq.h"
#include "support/paths.h"
#include "support/resident_pages.h"

namespace jnlp {
namespace {

using test::batch_of;

Seq2SeqModel load_seq2seq(const std::filesystem::path& directory) {
  return Seq2SeqModel(ModelDir::open(directory), std::make_shared<ThreadPool>(2), best_kernels());
}

Seq2SeqModel load_golden(const std::string& name) {
  return load_seq2seq(test::load_golden_seq2seq(name).directory);
}

template <typename Function>
void expect_error(ErrorCode code, const std::string& part, Function function) {
  try {
    function();
    ADD_FAILURE() << "accepted; expected: " << part;
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), code) << e.what();
    EXPECT_NE(std::string(e.what()).find(part), std::string::npos) << e.what();
  }
}

TEST(Seq2SeqModel, NamesTheSourceThatIsWrong) {
  Seq2SeqModel model = load_golden("t5_v1_0");
  const auto expect = [&](const Batch& batch, const std::string& part) {
    expect_error(ErrorCode::invalid_input, part,
                 [&] { model.generate(batch, model.default_options()); });
  };
  expect(batch_of({{5}, {}}), "source 1 is empty");
  expect(batch_of({{5}, {6, 61}}), "source 1 has the token id 61");
  expect(batch_of({{-1}}), "source 0 has the token id -1");
  Batch lengths = batch_of({{5, 6}});
  lengths.cu_seqlens.back() = 3;
  expect(lengths, "lengths");
  lengths.cu_seqlens = {};
  expect(lengths, "lengths");
}

TEST(Seq2SeqModel, WhatWasReadToPackLayersIsNoMemoryOfThePackedModel) {
  const test::GoldenSeq2Seq golden = test::load_golden_seq2seq("t5_v1_0");
  Seq2SeqModel model = load_seq2seq(golden.directory);
  EXPECT_EQ(test::resident_kb(golden.directory / "model.safetensors"), 0);
}

TEST(Seq2SeqModel, EndsBeforeTheStepAtWhichItIsGivenUp) {
  Seq2SeqModel model = load_golden("t5_v1_0");
  Seq2SeqOptions options = model.default_options();
  options.max_new_tokens = 20;
  options.min_new_tokens = 20;
  int asked = 0;
  options.given_up = [&] { return ++asked == 4; };
  expect_error(ErrorCode::deadline, "given up", [&] {
    model.generate(batch_of({{5, 6}}), options);
  });
  EXPECT_EQ(asked, 4);
  options.given_up = [&] { return false; };
  EXPECT_EQ(model.generate(batch_of({{5, 6}}), options).size(), 1);  // it can go on
}

TEST(Seq2SeqModel, ABatchOfNothingGivesNothing) {
  Seq2SeqModel model = load_golden("t5_v1_0");
  EXPECT_TRUE(model.generate(Batch(), model.default_options()).empty());
}

TEST(Seq2SeqModel, RefusesOptionsThatMakeNoSense) {
  Seq2SeqModel model = load_golden("t5_v1_0");
  const auto expect = [&](const std::string& part, auto change) {
    Seq2SeqOptions options = model.default_options();
    change(&options);
    expect_error(ErrorCode::invalid_input, part, [&] { model.generate(batch_of({{5}}), options); });
  };
  expect("num_beams is 0", [](auto* o) { o->num_beams = 0; });
  expect("num_return_sequences is 2", [](auto* o) { o->num_return_sequences = 2; });
  expect("repetition_penalty", [](auto* o) { o->repetition_penalty = 0; });
  expect("max_length is 1", [](auto* o) { o->max_length = 1; });
  expect("decoder_start_token_id is not set", [](auto* o) { o->decoder_start_token_id.reset(); });
  expect("forced_bos_token_id has the id 61", [](auto* o) { o->forced_bos_token_id = 61; });
  expect("eos_token_id has the id -1", [](auto* o) { o->eos_token_id = {1, -1}; });
}

// A copy of a golden model without one tensor.
void copy_without(const std::string& name, const std::string& tensor,
                  const std::filesystem::path& target) {
  const std::filesystem::path source = test::load_golden_seq2seq(name).directory;
  std::filesystem::copy_file(source / "config.json", target / "config.json");
  const Safetensors tensors({source / "model.safetensors"});
  std::vector<NamedTensor> kept;
  for (const auto& [key, view] : tensors.tensors()) {
    if (key != tensor) kept.push_back({key, view.dtype, view.shape, view.bytes});
  }
  ASSERT_EQ(kept.size() + 1, tensors.tensors().size());
  write_safetensors(target / "model.safetensors", kept);
}

TEST(Seq2SeqModel, NamesATensorThatIsMissing) {
  const std::string layer = "decoder.block.0.layer.1.EncDecAttention.k.weight";
  for (const std::string& tensor : {layer, std::string("lm_head.weight")}) {
    const test::TemporaryDir target;
    copy_without("t5_v1_1", tensor, target.path());
    expect_error(ErrorCode::not_found, tensor, [&] { load_seq2seq(target.path()); });
  }
}

TEST(Seq2SeqModel, RunsFromSeveralThreadsAtOnce) {
  Seq2SeqModel model = load_golden("t5_v1_1");
  Seq2SeqOptions options = model.default_options();
  options.num_beams = 2;
  const Batch batch = batch_of({{5, 6, 7}, {8}});
  const std::vector<int32_t> expected = model.generate(batch, options)[0][0].token_ids;
  std::vector<std::thread> callers;
  std::vector<int> equal(3, 0);
  for (size_t caller = 0; caller < equal.size(); ++caller) {
    callers.emplace_back([&, caller] {
      for (int i = 0; i < 10; ++i) {
        equal[caller] += model.generate(batch, options)[0][0].token_ids == expected ? 1 : 0;
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(equal, std::vector<int>(3, 10));
}

}  // namespace
}  // namespace jnlp
