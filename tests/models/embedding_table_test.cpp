#include "models/embedding_table.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace jnlp {
namespace {

// A row as bytes, and as both kinds of table give it.
struct Rounded {
  std::vector<int8_t> bytes;
  float scale;
  std::vector<float> from_bytes;
  std::vector<float> from_floats;
};

Rounded rounded(const std::vector<float>& row) {
  const auto width = static_cast<int64_t>(row.size());
  Rounded result{std::vector<int8_t>(row.size()), 0, std::vector<float>(row.size()),
                 std::vector<float>(row.size())};
  result.scale = round_row(row, result.bytes.data());
  const EmbeddingTable bytes(ByteRows{width, result.bytes, {&result.scale, 1}});
  bytes.copy_row(0, result.from_bytes.data());
  const EmbeddingTable floats(Weight{{1, width}, row, {}}, WeightType::int8);
  floats.copy_row(0, result.from_floats.data());
  return result;
}

TEST(EmbeddingTable, RoundsToTheNearestOf127Steps) {
  const Rounded row = rounded({-254, 2, 3, 1, 5, 254, 0, 253});
  EXPECT_EQ(row.scale, 2);
  EXPECT_EQ(row.bytes, (std::vector<int8_t>{-127, 1, 2, 0, 2, 127, 0, 126}));
  EXPECT_EQ(row.from_bytes, (std::vector<float>{-254, 2, 4, 0, 4, 254, 0, 252}));
}

TEST(EmbeddingTable, BytesAndFloatsGiveTheSameBits) {
  std::mt19937 random(1);
  std::normal_distribution<float> normal(0, 0.05F);
  for (int i = 0; i < 1000; ++i) {
    std::vector<float> row(37);
    for (float& value : row) value = normal(random);
    const Rounded result = rounded(row);
    ASSERT_EQ(result.from_bytes, result.from_floats);
    for (size_t k = 0; k < row.size(); ++k) {
      ASSERT_LE(std::abs(result.from_bytes[k] - row[k]), result.scale * 0.501F);
    }
  }
}

TEST(EmbeddingTable, StandsRowsOfNothingAndOfTooMuch) {
  const float least = std::numeric_limits<float>::denorm_min();
  const float infinite = std::numeric_limits<float>::infinity();
  EXPECT_EQ(rounded({0, -0.0F, 0}).from_bytes, (std::vector<float>{0, 0, 0}));
  EXPECT_EQ(rounded({least, 0, -least}).bytes, (std::vector<int8_t>{0, 0, 0}));
  rounded({std::nanf(""), 1, infinite});  // no sense to be had, but nothing undefined either
}

TEST(EmbeddingTable, FloatsStayAsTheyAre) {
  const std::vector<float> table = {1, 2.5F, 3, 4.25F};
  std::vector<float> row(2);
  const EmbeddingTable floats(Weight{{2, 2}, table, {}}, WeightType::f32);
  floats.copy_row(1, row.data());
  EXPECT_EQ(row, (std::vector<float>{3, 4.25F}));
}

}  // namespace
}  // namespace jnlp
