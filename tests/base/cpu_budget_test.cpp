#include "base/cpu_budget.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <fstream>
#include <initializer_list>
#include <numeric>
#include <utility>

#include "base/cgroup_quota.h"
#include "base/cpu_topology.h"
#include "support/paths.h"

namespace jnlp {
namespace {

namespace fs = std::filesystem;
using Cpus = std::vector<int>;

// A root with the given files of /sys and /proc.
class FakeRoot {
 public:
  FakeRoot(std::initializer_list<std::pair<std::string, std::string>> files) {
    for (const auto& [path, content] : files) add(path, content);
  }
  void add(const std::string& path, const std::string& content) {
    const fs::path file = directory_.path() / path;
    fs::create_directories(file.parent_path());
    std::ofstream(file) << content;
  }
  // `count` CPUs from `first` on.
  void add_capacity(int first, int count, const std::string& value,
                    const std::string& file = "cpu_capacity") {
    for (int cpu = first; cpu < first + count; ++cpu) {
      add("sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/" + file, value + "\n");
    }
  }
  const fs::path& path() const { return directory_.path(); }

 private:
  test::TemporaryDir directory_;
};

Cpus range(int first, int count) {
  Cpus cpus(static_cast<size_t>(count));
  std::iota(cpus.begin(), cpus.end(), first);
  return cpus;
}

TEST(CpuList, IsReadAsTheKernelWritesIt) {
  EXPECT_EQ(parse_cpu_list("0"), Cpus({0}));
  EXPECT_EQ(parse_cpu_list("0-3,8,10-11\n"), Cpus({0, 1, 2, 3, 8, 10, 11}));
  EXPECT_EQ(parse_cpu_list("4-5,0"), Cpus({0, 4, 5}));
  for (const char* damaged : {"", "\n", "x", "1-", "-1", "3-1", "0-3x", "0,,1", "0-999999999999",
                              "99999999999999999999", "0:3", "1 2"}) {
    EXPECT_EQ(parse_cpu_list(damaged), Cpus()) << damaged;
  }
}

TEST(FastCpus, AreAllWhereCpusAreAlikeOrUnknown) {
  EXPECT_EQ(fast_cpus(range(0, 6), FakeRoot{}.path()), range(0, 6));
  FakeRoot orin{};
  orin.add_capacity(0, 12, "1024");
  EXPECT_EQ(fast_cpus(range(0, 12), orin.path()), range(0, 12));
}

TEST(FastCpus, AreTheBigOnesOfBigLittle) {
  FakeRoot rk3588{};
  rk3588.add_capacity(0, 4, "530");
  rk3588.add_capacity(4, 4, "1024");
  EXPECT_EQ(fast_cpus(range(0, 8), rk3588.path()), range(4, 4));
  // Only what the mask allows is compared.
  EXPECT_EQ(fast_cpus({0, 1, 2, 3}, rk3588.path()), range(0, 4));
  EXPECT_EQ(fast_cpus({2, 3, 6, 7}, rk3588.path()), Cpus({6, 7}));
}

TEST(FastCpus, TakeFavouredCoresForTheSameClass) {
  FakeRoot root{};
  root.add_capacity(0, 1, "1024");
  root.add_capacity(1, 3, "900");
  root.add_capacity(4, 4, "300");
  EXPECT_EQ(fast_cpus(range(0, 8), root.path()), range(0, 4));
  FakeRoot one_slower{};
  one_slower.add_capacity(0, 8, "1024");
  one_slower.add_capacity(8, 1, "830");
  EXPECT_EQ(fast_cpus(range(0, 9), one_slower.path()), range(0, 9));
}

TEST(FastCpus, IncludeSlowerOnesWhereFewAreFast) {
  FakeRoot root{};  // alone the fast one would be slower than seven of 600 and it
  root.add_capacity(0, 1, "1024");
  root.add_capacity(1, 3, "700");
  root.add_capacity(4, 4, "250");
  EXPECT_EQ(fast_cpus(range(0, 8), root.path()), range(0, 4));
}

TEST(FastCpus, KnowIntelHybrids) {
  FakeRoot desktop{{"sys/devices/cpu_core/cpus", "0-15\n"},
                   {"sys/devices/cpu_atom/cpus", "16-23\n"}};
  desktop.add_capacity(0, 24, "1024");  // what the kernel says with hyper-threading
  EXPECT_EQ(fast_cpus(range(0, 24), desktop.path()), range(0, 16));
  const FakeRoot laptop{{"sys/devices/cpu_core/cpus", "0-3\n"},
                        {"sys/devices/cpu_atom/cpus", "4-11\n"}};
  EXPECT_EQ(fast_cpus(range(0, 12), laptop.path()), range(0, 12));
  const FakeRoot small_cores_only{{"sys/devices/cpu_atom/cpus", "0-3\n"}};
  EXPECT_EQ(fast_cpus(range(0, 4), small_cores_only.path()), range(0, 4));
}

TEST(FastCpus, FallBackToTheClock) {
  FakeRoot root{};
  root.add_capacity(0, 4, "1400000", "cpufreq/cpuinfo_max_freq");
  root.add_capacity(4, 2, "1800000", "cpufreq/cpuinfo_max_freq");
  root.add_capacity(6, 2, "2900000", "cpufreq/cpuinfo_max_freq");
  EXPECT_EQ(fast_cpus({4, 5, 6}, root.path()), Cpus({4, 5, 6}));
  EXPECT_EQ(fast_cpus({0, 6, 7}, root.path()), Cpus({6, 7}));
}

TEST(FastCpus, IgnoreDamagedFiles) {
  for (const char* damaged : {"", "x", "0", "-5", "nan"}) {
    FakeRoot root{};
    root.add_capacity(0, 4, "530");
    root.add_capacity(4, 4, "1024");
    root.add_capacity(2, 1, damaged);
    EXPECT_EQ(fast_cpus(range(0, 8), root.path()), range(0, 8)) << damaged;
  }
  const FakeRoot root{{"sys/devices/cpu_core/cpus", "0-1"}, {"sys/devices/cpu_atom/cpus", "2-"}};
  EXPECT_EQ(fast_cpus(range(0, 4), root.path()), range(0, 4));
}

TEST(CgroupQuota, IsNothingWithoutOne) {
  EXPECT_EQ(cgroup_cpu_quota(FakeRoot{}.path()), std::nullopt);
  const FakeRoot v2{{"proc/self/cgroup", "0::/user.slice\n"},
                    {"sys/fs/cgroup/user.slice/cpu.max", "max 100000\n"}};
  EXPECT_EQ(cgroup_cpu_quota(v2.path()), std::nullopt);
  const FakeRoot v1{{"proc/self/cgroup", "1:cpu:/\n"},
                    {"sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n"},
                    {"sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n"}};
  EXPECT_EQ(cgroup_cpu_quota(v1.path()), std::nullopt);
}

TEST(CgroupQuota, IsTheLeastOfAllGroupsAbove) {
  const std::string groups = "0::/system.slice/nlp.service/worker\n";
  FakeRoot root{{"proc/self/cgroup", groups},
                {"sys/fs/cgroup/system.slice/cpu.max", "400000 100000\n"},
                {"sys/fs/cgroup/system.slice/nlp.service/cpu.max", "150000 100000\n"},
                {"sys/fs/cgroup/system.slice/nlp.service/worker/cpu.max", "max 100000\n"},
                {"sys/fs/cgroup/other.slice/cpu.max", "10000 100000\n"}};
  EXPECT_EQ(cgroup_cpu_quota(root.path()), 1.5);
  root.add("sys/fs/cgroup/system.slice/cpu.max", "50000 100000\n");
  EXPECT_EQ(cgroup_cpu_quota(root.path()), 0.5);
}

TEST(CgroupQuota, ReadsVersionOneUnderEveryNameOfTheMount) {
  for (const std::string controllers : {"cpu", "cpu,cpuacct", "cpuacct,cpu"}) {
    const FakeRoot root{
        {"proc/self/cgroup", "5:memory:/a\n3:" + controllers + ":/a/b\n1:name=systemd:/a\n"},
        {"sys/fs/cgroup/" + controllers + "/a/cpu.cfs_quota_us", "300000\n"},
        {"sys/fs/cgroup/" + controllers + "/a/cpu.cfs_period_us", "100000\n"}};
    EXPECT_EQ(cgroup_cpu_quota(root.path()), 3) << controllers;
  }
  const FakeRoot other{{"proc/self/cgroup", "3:cpuset,cpuacct:/a\n"},
                       {"sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "300000\n"},
                       {"sys/fs/cgroup/cpu/a/cpu.cfs_period_us", "100000\n"}};
  EXPECT_EQ(cgroup_cpu_quota(other.path()), std::nullopt);
}

TEST(CgroupQuota, OfAContainerIsThatOfTheMount) {
  // Without a cgroup namespace the path is the host's, with one a group outside shows as "..".
  for (const char* path : {"/docker/0123abcd", "/", "/../../x"}) {
    const FakeRoot v1{{"proc/self/cgroup", std::string("3:cpu,cpuacct:") + path + "\n"},
                      {"sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "200000\n"},
                      {"sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n"},
                      {"sys/fs/x/cpu.cfs_quota_us", "1000\n"},
                      {"sys/fs/x/cpu.cfs_period_us", "100000\n"}};
    EXPECT_EQ(cgroup_cpu_quota(v1.path()), 2) << path;
  }
  const FakeRoot no_proc{{"sys/fs/cgroup/cpu.max", "200000 100000\n"}};
  EXPECT_EQ(cgroup_cpu_quota(no_proc.path()), 2);
}

TEST(CgroupQuota, IgnoresDamagedFiles) {
  for (const char* damaged :
       {"", "x", "100000", "x 100000", "1 0", "-1 100000", "1e999 100000", "5 -5", "nan 1"}) {
    const FakeRoot root{{"proc/self/cgroup", "0::/a\n"}, {"sys/fs/cgroup/a/cpu.max", damaged}};
    EXPECT_EQ(cgroup_cpu_quota(root.path()), std::nullopt) << damaged;
  }
  for (const char* damaged : {"", "\n\n", "0", "0:", ":", "::", "::::", "0::", "x:cpu"}) {
    const FakeRoot root{{"proc/self/cgroup", damaged},
                        {"sys/fs/cgroup/cpu.max", "300000 100000\n"}};
    EXPECT_EQ(cgroup_cpu_quota(root.path()), 3) << damaged;
  }
}

TEST(CpuBudget, SaysWhatLimitsIt) {
  FakeRoot root{};
  root.add_capacity(0, 4, "530");
  root.add_capacity(4, 4, "1024");
  CpuBudget budget = cpu_budget(range(0, 8), 8, root.path());
  EXPECT_EQ(budget.threads, 4);
  EXPECT_EQ(budget.cpus, range(4, 4));
  EXPECT_TRUE(budget.slow_left_out);
  EXPECT_EQ(budget.limited_by, "slower CPUs left out");
  budget = cpu_budget(range(4, 3), 8, root.path());
  EXPECT_EQ(budget.threads, 3);
  EXPECT_FALSE(budget.slow_left_out);
  EXPECT_EQ(budget.limited_by, "affinity mask");
  root.add("sys/fs/cgroup/cpu.max", "120000 100000\n");
  budget = cpu_budget(range(0, 8), 8, root.path());
  EXPECT_EQ(budget.threads, 2);
  EXPECT_EQ(budget.cpus, range(4, 4));
  EXPECT_EQ(budget.limited_by, "cgroup quota");
  root.add("sys/fs/cgroup/cpu.max", "800000 100000\n");
  EXPECT_EQ(cpu_budget(range(0, 8), 8, root.path()).threads, 4);
  budget = cpu_budget(range(0, 8), 8, FakeRoot{}.path());
  EXPECT_EQ(budget.threads, 8);
  EXPECT_EQ(budget.limited_by, "");
}

TEST(CpuBudget, FollowsTheAffinityMask) {
  cpu_set_t old_mask;
  ASSERT_EQ(sched_getaffinity(0, sizeof(old_mask), &old_mask), 0);
  int first = 0;
  while (!CPU_ISSET(first, &old_mask)) ++first;
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(first, &one);
  ASSERT_EQ(sched_setaffinity(0, sizeof(one), &one), 0);
  const CpuBudget budget = cpu_budget();
  sched_setaffinity(0, sizeof(old_mask), &old_mask);
  EXPECT_EQ(budget.threads, 1);
  EXPECT_EQ(budget.cpus, Cpus({first}));
}

}  // namespace
}  // namespace jnlp
