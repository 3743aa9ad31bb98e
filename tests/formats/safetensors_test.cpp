#include "formats/safetensors.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "support/paths.h"

namespace jnlp {
namespace {

std::filesystem::path golden(const std::string& file) {
  return test::test_file("golden/formats/" + file);
}

template <typename T>
std::span<const std::byte> bytes_of(const std::vector<T>& values) {
  return std::as_bytes(std::span(values));
}

// What the reference accepts but we do not: equal names hide a tensor.
bool refused_on_purpose(const std::string& name) {
  return name == "duplicate_name";
}

TEST(Safetensors, AgreesWithTheReferenceOnHostileFiles) {
  const Json verdicts = read_json_file(golden("verdicts.json"));
  ASSERT_GT(verdicts.size(), 40U);
  for (const auto& [name, accepted] : verdicts.items()) {
    bool ours = true;
    std::string message;
    try {
      const Safetensors file({golden(name + ".safetensors")});
    } catch (const Error& e) {
      ours = false;
      message = e.what();
      EXPECT_EQ(e.code(), ErrorCode::invalid_input) << name;
      EXPECT_NE(message.find(name + ".safetensors"), std::string::npos) << message;
      EXPECT_LT(message.size(), 600U) << name;
    }
    EXPECT_EQ(ours, accepted.get<bool>() && !refused_on_purpose(name)) << name << ": " << message;
  }
}

TEST(Safetensors, ReadsEveryValueOfEveryTypeAsTheReferenceDoes) {
  const Safetensors file({golden("values.safetensors")});
  EXPECT_EQ(file.metadata().at("made_by"), "tools/golden/formats.py");
  const Json expected = read_json_file(golden("values.json"));
  ASSERT_EQ(expected.size(), file.tensors().size());
  for (const auto& [name, texts] : expected.items()) {
    const std::vector<float> values = file.at(name).to_float();
    ASSERT_EQ(values.size(), texts.size()) << name;
    ASSERT_EQ(file.at(name).elements(), static_cast<int64_t>(texts.size())) << name;
    for (size_t i = 0; i < values.size(); ++i) {
      const float wanted = std::stof(texts[i].get<std::string>());
      if (std::isnan(wanted)) {
        EXPECT_TRUE(std::isnan(values[i])) << name << " " << i;
      } else {
        EXPECT_EQ(values[i], wanted) << name << " " << i;
        EXPECT_EQ(std::signbit(values[i]), std::signbit(wanted)) << name << " " << i;
      }
    }
  }
}

TEST(Safetensors, FloatsInPlaceNeedF32AndAlignment) {
  const Safetensors values({golden("values.safetensors")});
  EXPECT_EQ(values.at("float32").as_float()[2], 1.0F);
  EXPECT_THROW(values.at("float16").as_float(), Error);
  const Safetensors unaligned({golden("unaligned.safetensors")});
  EXPECT_THROW(unaligned.at("b").as_float(), Error);
  EXPECT_EQ(unaligned.at("b").to_float(), (std::vector<float>{0, 0}));
  EXPECT_THROW(values.at("no such tensor"), Error);
}

TEST(Safetensors, ANameInTwoShardsIsRefused) {
  EXPECT_THROW(Safetensors({golden("scalar.safetensors"), golden("metadata.safetensors")}), Error);
}

TEST(Safetensors, WritesWhatItReadsBack) {
  const test::TemporaryDir directory;
  const std::filesystem::path path = directory.path() / "model.safetensors";
  const std::vector<uint16_t> half = {0x3C00, 0xC000, 0x7C00};
  const std::vector<float> floats = {1.5F, -2.25F};
  write_safetensors(path,
                    {{"half \"quoted\" ä", DType::f16, {3}, bytes_of(half)},
                     {"empty", DType::i64, {0, 4}, {}},
                     {"weight", DType::f32, {2, 1}, bytes_of(floats)}},
                    {{"format", "pt"}});
  const Safetensors file({path});
  EXPECT_EQ(file.tensors().size(), 3U);
  EXPECT_EQ(file.metadata().at("format"), "pt");
  EXPECT_EQ(file.at("half \"quoted\" ä").to_float(),
            (std::vector<float>{1, -2, std::numeric_limits<float>::infinity()}));
  // Wider types first: in place although the three halves come before it in the list.
  EXPECT_EQ(file.at("weight").as_float()[1], -2.25F);
  EXPECT_EQ(file.at("weight").shape, (std::vector<int64_t>{2, 1}));
  EXPECT_EQ(file.at("empty").elements(), 0);
}

TEST(Safetensors, TensorsOfWholeCacheLinesBeginOnOne) {
  const test::TemporaryDir directory;
  const std::vector<float> odd(3, 1.0F);
  const std::vector<int8_t> bytes(64 * 5, int8_t{2});
  const std::vector<float> floats(16 * 7, 3.0F);
  // Any length of the header, so that what pads it is seen at work.
  for (size_t length = 1; length < 70; ++length) {
    const std::filesystem::path path = directory.path() / std::to_string(length);
    write_safetensors(path, {{std::string(length, 'n'), DType::f32, {3}, bytes_of(odd)},
                             {"bytes", DType::i8, {5, 64}, bytes_of(bytes)},
                             {"floats", DType::f32, {7, 16}, bytes_of(floats)}});
    const Safetensors file({path});
    for (const char* name : {"bytes", "floats"}) {
      EXPECT_EQ(reinterpret_cast<uintptr_t>(file.at(name).bytes.data()) % 64, 0U) << length;
    }
    EXPECT_EQ(file.at("bytes").bytes[0], std::byte{2});
    EXPECT_EQ(file.at("floats").as_float().front(), 3.0F);
    EXPECT_EQ(file.at(std::string(length, 'n')).as_float().back(), 1.0F);
  }
}

TEST(Safetensors, WritesNothingWhenATensorIsWrong) {
  const test::TemporaryDir directory;
  const std::filesystem::path path = directory.path() / "model.safetensors";
  const std::vector<float> floats = {1, 2};
  const NamedTensor good{"a", DType::f32, {2}, bytes_of(floats)};
  EXPECT_THROW(write_safetensors(path, {{"a", DType::f32, {3}, bytes_of(floats)}}), Error);
  EXPECT_THROW(write_safetensors(path, {{"a", DType::f32, {-2}, bytes_of(floats)}}), Error);
  EXPECT_THROW(write_safetensors(path, {good, good}), Error);
  EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
}

}  // namespace
}  // namespace jnlp
