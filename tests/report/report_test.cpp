#include <gtest/gtest.h>

#include <sys/mman.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstring>

#include "base/cpu_budget.h"
#include "report/host.h"
#include "report/process.h"
#include "report/table.h"

namespace jnlp {
namespace {

TEST(TextTable, AlignsByCodePointsAndTrimsLineEnds) {
  TextTable table({{"TASK"}, {"MS", TextTable::Align::right}, {"NOTE"}});
  table.add_row({"café", "1.5", "x"});
  table.add_row({"sentiment", "10.25"});
  table.add_note({"ner", "failed: a reason that is longer than the table"});
  EXPECT_EQ(table.to_string(),
            "TASK          MS  NOTE\n"
            "café         1.5  x\n"
            "sentiment  10.25\n"
            "ner        failed: a reason that is longer than the table\n");
}

TEST(TextTable, IsATableOfMarkdownToo) {
  TextTable table({{"TASK"}, {"MS", TextTable::Align::right}});
  table.add_row({"a|b", "1.5"});
  table.add_note({"failed"});
  EXPECT_EQ(table.to_markdown(),
            "| TASK | MS |\n"
            "|---|---:|\n"
            "| a\\|b | 1.5 |\n"
            "| failed |  |\n");
}

TEST(HostFacts, AreOneLineForPeople) {
  HostFacts host;
  host.cpu = "Some CPU";
  host.architecture = "riscv64";
  const std::string text = host_text(host, "1, 2", "2026-01-31T12:00:00Z");
  EXPECT_EQ(text.find('\n'), std::string::npos);
  EXPECT_TRUE(text.starts_with("Host: Some CPU, ")) << text;
  EXPECT_NE(text.find("riscv64"), std::string::npos);
  EXPECT_NE(text.find("1, 2 threads"), std::string::npos);
  EXPECT_NE(text.find("2026-01-31T12:00:00Z"), std::string::npos);
}

TEST(HostFacts, StateThisMachine) {
  const HostFacts host = read_host_facts();
  EXPECT_FALSE(host.architecture.empty());
  EXPECT_FALSE(host.cpu.empty());
  EXPECT_EQ(host.usable_cpus, available_threads());
  EXPECT_GE(host.cpus, 1);
  EXPECT_GT(host.memory_bytes, 64 << 20);
  const CpuBudget budget = cpu_budget();
  EXPECT_EQ(host.usable_cpus_limited_by, budget.limited_by);
  EXPECT_EQ(host.usable_cpus_limited_by.empty(), host.usable_cpus == host.cpus);
  EXPECT_EQ(to_json(host).at("memory_bytes"), host.memory_bytes);
  EXPECT_TRUE(to_json(HostFacts{}).at("board").is_null());
}

TEST(BuildFacts, NameTheCommit) {
  auto commit = build_facts().at("commit").get<std::string>();
  if (commit.ends_with("-dirty")) commit.resize(commit.size() - 6);
  const bool is_hash = commit.size() >= 7 && commit.size() <= 40 &&
                       commit.find_first_not_of("0123456789abcdef") == std::string::npos;
  EXPECT_TRUE(is_hash || commit == "unknown") << commit;
  EXPECT_FALSE(build_facts().at("version").get<std::string>().empty());
}

TEST(Timestamp, IsUtcInIsoForm) {
  std::string form = utc_timestamp();
  std::replace_if(
      form.begin(), form.end(), [](unsigned char c) { return std::isdigit(c) != 0; }, 'd');
  EXPECT_EQ(form, "dddd-dd-ddTdd:dd:ddZ");
}

TEST(Process, PeakMemoryFollowsAnAllocation) {
  constexpr int64_t kBytes = 64 << 20;
  reset_peak_memory();
  const MemoryUse before = memory_use();
  ASSERT_GT(before.resident, 0);
  // Not by way of an allocator, which may keep what is freed (AddressSanitizer's does).
  void* block = mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(block, MAP_FAILED);
  std::memset(block, 'x', kBytes);
  EXPECT_GE(memory_use().resident, before.resident + kBytes / 2);
  ASSERT_EQ(munmap(block, kBytes), 0);
  EXPECT_GE(memory_use().peak_resident, before.resident + kBytes / 2);
  if (!reset_peak_memory()) GTEST_SKIP() << "this system does not reset the peak";
  EXPECT_LT(memory_use().peak_resident, before.resident + kBytes / 2);
}

TEST(Process, CpuTimeGrowsWithWork) {
  const double before = cpu_seconds();
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (cpu_seconds() < before + 0.05 && std::chrono::steady_clock::now() < end) {
  }
  EXPECT_GE(cpu_seconds(), before + 0.05);
}

}  // namespace
}  // namespace jnlp
