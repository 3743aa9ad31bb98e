#include "report/energy_meter.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <thread>
#include <vector>

namespace jnlp {
namespace fs = std::filesystem;
namespace {

constexpr auto kInterval = std::chrono::milliseconds(20);

std::string read_line(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

std::optional<int64_t> read_number(const fs::path& path) {
  std::ifstream file(path);
  int64_t value = 0;
  if (file >> value) return value;
  return std::nullopt;
}

// What a folder holds, in the same order every time; nothing when it is not there.
std::vector<fs::path> entries_of(const fs::path& folder) {
  std::vector<fs::path> entries;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) entries.push_back(entry.path());
  std::sort(entries.begin(), entries.end());
  return entries;
}

}  // namespace

class EnergyMeter::Source {
 public:
  virtual ~Source() = default;
  virtual std::string name() const = 0;
  virtual void start() = 0;
  virtual std::optional<double> stop() = 0;
};

// Power that has to be read again and again.
class EnergyMeter::Rails : public Source {
 public:
  static std::unique_ptr<Rails> find(const fs::path& sys);
  ~Rails() override { end_thread(); }

  std::string name() const override;
  void start() override;
  std::optional<double> stop() override;

 private:
  struct Rail {
    std::string label;
    fs::path millivolts;
    fs::path milliamperes;
  };
  using Clock = std::chrono::steady_clock;

  std::optional<double> watts() const;
  void read_power();
  void end_thread();

  std::vector<Rail> rails_;
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable ending_;
  bool end_ = false;
  std::optional<double> joules_;
};

std::unique_ptr<EnergyMeter::Rails> EnergyMeter::Rails::find(const fs::path& sys) {
  auto source = std::make_unique<Rails>();
  for (const fs::path& chip : entries_of(sys / "class/hwmon")) {
    if (read_line(chip / "name") != "ina3221") continue;
    for (int channel = 1; channel <= 3; ++channel) {
      const std::string number = std::to_string(channel);
      const Rail rail = {read_line(chip / ("in" + number + "_label")),
                         chip / ("in" + number + "_input"), chip / ("curr" + number + "_input")};
      if (!rail.label.empty() && read_number(rail.millivolts) && read_number(rail.milliamperes)) {
        source->rails_.push_back(rail);
      }
    }
  }
  // One rail feeds all others; adding those would count them twice.
  for (const char* whole : {"VDD_IN", "POM_5V_IN"}) {
    const auto found = std::find_if(source->rails_.begin(), source->rails_.end(),
                                    [&](const Rail& rail) { return rail.label == whole; });
    if (found == source->rails_.end()) continue;
    source->rails_ = {Rail(*found)};
    break;
  }
  return source->rails_.empty() ? nullptr : std::move(source);
}

std::string EnergyMeter::Rails::name() const {
  std::string name = "INA3221";
  for (const Rail& rail : rails_) name += (&rail == rails_.data() ? " " : " + ") + rail.label;
  return name;
}

std::optional<double> EnergyMeter::Rails::watts() const {
  double sum = 0;
  for (const Rail& rail : rails_) {
    const auto millivolts = read_number(rail.millivolts);
    const auto milliamperes = read_number(rail.milliamperes);
    if (!millivolts || !milliamperes) return std::nullopt;
    sum += static_cast<double>(*millivolts) * static_cast<double>(*milliamperes) * 1e-6;
  }
  return sum;
}

// Trapezoids between the readings, the last one at the end.
void EnergyMeter::Rails::read_power() {
  std::unique_lock lock(mutex_);
  auto before = Clock::now();
  std::optional<double> power = watts();
  joules_ = power ? std::optional(0.0) : std::nullopt;
  for (bool last = false; !last && joules_;) {
    last = ending_.wait_for(lock, kInterval, [&] { return end_; });
    const auto now = Clock::now();
    const std::optional<double> next = watts();
    if (!next) {
      joules_.reset();
    } else {
      *joules_ += (*power + *next) / 2 * std::chrono::duration<double>(now - before).count();
    }
    power = next;
    before = now;
  }
}

void EnergyMeter::Rails::start() {
  end_thread();
  end_ = false;
  thread_ = std::thread([this] { read_power(); });
}

std::optional<double> EnergyMeter::Rails::stop() {
  end_thread();
  return joules_;
}

void EnergyMeter::Rails::end_thread() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    end_ = true;
  }
  ending_.notify_all();
  thread_.join();
}

// Energy that the hardware counts itself.
class EnergyMeter::Counters : public Source {
 public:
  static std::unique_ptr<Counters> find(const fs::path& sys);

  std::string name() const override { return "RAPL, CPU packages"; }
  void start() override { begin_ = read(); }
  std::optional<double> stop() override;

 private:
  struct Counter {
    fs::path microjoules;
    int64_t greatest = 0;  // after which it starts from 0
  };

  std::vector<std::optional<int64_t>> read() const;

  std::vector<Counter> counters_;
  std::vector<std::optional<int64_t>> begin_;
};

std::unique_ptr<EnergyMeter::Counters> EnergyMeter::Counters::find(const fs::path& sys) {
  auto source = std::make_unique<Counters>();
  for (const fs::path& domain : entries_of(sys / "class/powercap")) {
    if (!read_line(domain / "name").starts_with("package")) continue;
    if (!read_number(domain / "energy_uj")) continue;
    source->counters_.push_back(
        {domain / "energy_uj", read_number(domain / "max_energy_range_uj").value_or(0)});
  }
  return source->counters_.empty() ? nullptr : std::move(source);
}

std::vector<std::optional<int64_t>> EnergyMeter::Counters::read() const {
  std::vector<std::optional<int64_t>> values;
  for (const Counter& counter : counters_) values.push_back(read_number(counter.microjoules));
  return values;
}

std::optional<double> EnergyMeter::Counters::stop() {
  const auto end = read();
  double microjoules = 0;
  for (size_t i = 0; i < counters_.size(); ++i) {
    if (i >= begin_.size() || !begin_[i] || !end[i]) return std::nullopt;
    const int64_t passed = *end[i] - *begin_[i];
    microjoules += static_cast<double>(passed < 0 ? passed + counters_[i].greatest : passed);
  }
  return microjoules * 1e-6;
}

EnergyMeter::EnergyMeter(const fs::path& sys) {
  source_ = Rails::find(sys);
  if (!source_) source_ = Counters::find(sys);
  if (source_) sensor_ = source_->name();
}

EnergyMeter::~EnergyMeter() = default;

const std::string& EnergyMeter::sensor() const {
  return sensor_;
}

void EnergyMeter::start() {
  if (source_) source_->start();
}

std::optional<double> EnergyMeter::stop() {
  return source_ ? source_->stop() : std::nullopt;
}

}  // namespace jnlp
