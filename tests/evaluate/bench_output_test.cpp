#include "evaluate/bench_output.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace jnlp {
namespace {

BenchReport example() {
  BenchReport report;
  report.created = "2026-01-31T12:00:00Z";
  report.host.cpu = "Some CPU, 2 GHz";
  report.model_name = "org/\"name\"";
  report.head = "embedding";
  report.max_length = 512;
  BenchRun run;
  run.threads = 2;
  run.engine = "fake";
  run.load_seconds = 0.25;
  run.peak_bytes = 12'000'000;
  run.results = {summarize(uniform_workload(10, 4), {2, 2, 2}),
                 summarize(BenchWorkload{true, {10, 2, 4, 4}}, {1, 1, 1})};
  report.runs = {run};
  report.notes = {"Left out: length 1024"};
  return report;
}

TEST(BenchOutput, TextHasALinePerWorkloadAndWhatPaddingWouldCost) {
  const std::string text = bench_text(example(), false);
  EXPECT_NE(text.find("\n      2      10      4      40      3     20000  20000-20000"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("2-10      4      20"), std::string::npos) << text;
  EXPECT_NE(text.find("40 tokens instead of 20 (2.00 times), which took 2.00 times as long"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("loaded in 250.0 ms"), std::string::npos) << text;
  EXPECT_NE(text.find("Left out: length 1024"), std::string::npos) << text;
}

TEST(BenchOutput, MarkdownIsATableAndAList) {
  const std::string text = bench_text(example(), true);
  EXPECT_TRUE(text.starts_with("| THREADS | LENGTH |")) << text;
  EXPECT_NE(text.find("\n| 2 | 10 | 4 | 40 | 3 |"), std::string::npos) << text;
  EXPECT_NE(text.find("\n- Host: Some CPU"), std::string::npos) << text;
}

TEST(BenchOutput, CsvQuotesWhatNeedsIt) {
  const std::string text = bench_csv(example());
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3);
  EXPECT_TRUE(text.starts_with("created,commit,cpu,model,threads,engine,load_ms,")) << text;
  EXPECT_NE(text.find(",latency_ms_p50,"), std::string::npos) << text;
  EXPECT_NE(text.find(",\"Some CPU, 2 GHz\",\"org/\"\"name\"\"\",2,fake,250.0,,,12000000,uniform,"),
            std::string::npos)
      << text;
}

TEST(BenchOutput, JsonHasAllThatWasMeasured) {
  const OrderedJson json = bench_json(example());
  EXPECT_EQ(json.at("schema"), "jetson-nlp/bench/1");
  EXPECT_EQ(json.at("model").at("max_length"), 512);
  const OrderedJson& run = json.at("runs").at(0);
  EXPECT_EQ(run.at("load_ms"), 250);
  EXPECT_TRUE(run.at("resident_bytes").is_null());
  EXPECT_EQ(run.at("peak_bytes"), 12'000'000);
  const OrderedJson& mixed = run.at("results").at(1);
  EXPECT_EQ(mixed.at("workload"), "mixed");
  EXPECT_EQ(mixed.at("tokens"), 20);
  EXPECT_EQ(mixed.at("tokens_if_padded"), 40);
  EXPECT_EQ(mixed.at("tokens_per_second").at("median"), 20000);
  EXPECT_EQ(json.at("notes").at(0), "Left out: length 1024");
}

}  // namespace
}  // namespace jnlp
