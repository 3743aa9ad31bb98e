#include "server/histogram.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace jnlp {
namespace {

TEST(Histogram, CountsUpToAndWithABucketsEnd) {
  Histogram histogram({1, 2, 4});
  for (const double value : {0.5, 1.0, 1.5, 2.0, 4.0, 100.0}) histogram.observe(value);
  std::string text;
  histogram.write("seconds", "task=\"ner\"", &text);
  EXPECT_EQ(text,
            "seconds_bucket{task=\"ner\",le=\"1\"} 2\n"
            "seconds_bucket{task=\"ner\",le=\"2\"} 4\n"
            "seconds_bucket{task=\"ner\",le=\"4\"} 5\n"
            "seconds_bucket{task=\"ner\",le=\"+Inf\"} 6\n"
            "seconds_sum{task=\"ner\"} 109\n"
            "seconds_count{task=\"ner\"} 6\n");
}

TEST(Histogram, IsThereBeforeTheFirstValue) {
  std::string text;
  Histogram(Histogram::doubling(0.5, 2)).write("seconds", "", &text);
  EXPECT_EQ(text,
            "seconds_bucket{le=\"0.5\"} 0\n"
            "seconds_bucket{le=\"1\"} 0\n"
            "seconds_bucket{le=\"+Inf\"} 0\n"
            "seconds_sum 0\n"
            "seconds_count 0\n");
}

TEST(Histogram, LosesNothingBetweenThreads) {
  Histogram histogram({1});
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) histogram.observe(0.5);
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::string text;
  histogram.write("x", "", &text);
  EXPECT_NE(text.find("x_sum 2000\nx_count 4000\n"), std::string::npos) << text;
}

}  // namespace
}  // namespace jnlp
