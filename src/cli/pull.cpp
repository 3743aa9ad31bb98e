#include "hub/pull.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "base/stopwatch.h"
#include "cli/commands.h"
#include "hub/hub.h"
#include "hub/hub_cache.h"
#include "hub/hub_config.h"
#include "hub/local_models.h"
#include "hub/model_name.h"

namespace jnlp {
namespace {

struct PullArguments {
  std::string model;
  std::string revision;
  bool force = false;
  bool json = false;
  bool list = false;
};

void print_line(const std::string& text) {
  std::fputs((text + "\n").c_str(), stdout);
}

std::string size_text(int64_t bytes) {
  const auto size = static_cast<double>(bytes);
  if (size >= 1e9) return fmt::format("{:.2f} GB", size / 1e9);
  if (size >= 1e6) return fmt::format("{:.1f} MB", size / 1e6);
  return fmt::format("{:.1f} kB", size / 1e3);
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ",") + word;
  return text.empty() ? "-" : text;
}

OrderedJson list_json(const std::vector<CachedModel>& models) {
  OrderedJson rows = OrderedJson::array();
  for (const CachedModel& model : models) {
    rows.push_back({{"model", model.id},
                    {"revisions", model.revisions},
                    {"commits", model.commits},
                    {"bytes", model.bytes},
                    {"partial_bytes", model.partial_bytes},
                    {"path", model.path.string()}});
  }
  return rows;
}

void print_list(const HubConfig& config, bool json) {
  const std::vector<CachedModel> models = HubCache(config.cache_dir).list();
  if (json) return print_line(dump_json(list_json(models), 2));
  size_t width = 5;
  int64_t total = 0;
  for (const CachedModel& model : models) {
    width = std::max(width, model.id.size());
    total += model.bytes + model.partial_bytes;
  }
  print_line(
      fmt::format("{:<{}}  {:>10}  {:<14}  {}", "MODEL", width, "SIZE", "UNFINISHED", "REVISIONS"));
  for (const CachedModel& model : models) {
    const std::string partial = model.partial_bytes > 0 ? size_text(model.partial_bytes) : "-";
    print_line(fmt::format("{:<{}}  {:>10}  {:<14}  {}", model.id, width, size_text(model.bytes),
                           partial, joined(model.revisions)));
  }
  print_line(fmt::format("{} models, {} in {}", models.size(), size_text(total),
                         config.cache_dir.string()));
}

OrderedJson result_json(const PullResult& result, double seconds) {
  OrderedJson files = OrderedJson::array();
  for (const PulledFile& file : result.files) {
    files.push_back({{"path", file.path}, {"bytes", file.bytes}, {"downloaded", file.downloaded}});
  }
  return {{"model", result.name.id}, {"revision", result.name.revision},
          {"commit", result.commit}, {"path", result.path.string()},
          {"bytes", result.bytes},   {"bytes_downloaded", result.bytes_downloaded},
          {"seconds", seconds},      {"files", files}};
}

void print_local(const std::string& name, const std::string& path, bool json) {
  if (json) return print_line(dump_json(OrderedJson{{"model", name}, {"path", path}}, 2));
  print_line(path);
}

void pull(const PullArguments& arguments) {
  const HubConfig config = HubConfig::from_environment();
  if (arguments.list) return print_list(config, arguments.json);
  if (is_path_like(arguments.model)) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("{} is a path; pull takes the name of a model, such as org/name",
                            arguments.model));
  }
  if (!arguments.force && arguments.revision.empty()) {
    if (const auto path = find_local_model(arguments.model, config)) {
      return print_local(arguments.model, path->string(), arguments.json);
    }
  }
  ModelName name = hub_model_name(arguments.model, config);
  if (!arguments.revision.empty()) {
    name = parse_model_name(name.id + "@" + arguments.revision +
                            (name.file.empty() ? "" : ":" + name.file));
  }
  if (config.offline && !arguments.force) {
    return print_local(name.text(), resolve_model(name.text(), config).string(), arguments.json);
  }
  const Stopwatch stopwatch;
  const PullResult result = pull_model(name, config, {arguments.force});
  const double seconds = stopwatch.seconds();
  if (arguments.json) return print_line(dump_json(result_json(result, seconds), 2));
  std::fprintf(stderr, "%s: %zu files, %s, of which %s downloaded in %.1f s\n", name.text().c_str(),
               result.files.size(), size_text(result.bytes).c_str(),
               size_text(result.bytes_downloaded).c_str(), seconds);
  print_line(result.path.string());
}

}  // namespace

void add_pull_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("pull", "Download a model into the local cache");
  auto arguments = std::make_shared<PullArguments>();
  auto* model = command->add_option("model", arguments->model,
                                    "Name on the hub: org/name[@revision][:file.gguf]");
  auto* revision =
      command->add_option("--revision", arguments->revision, "Branch, tag or commit (main)");
  auto* force = command->add_flag("--force", arguments->force, "Fetch again what is in the cache");
  command->add_flag("--json", arguments->json, "Print what was done as JSON");
  auto* list = command->add_flag("--list", arguments->list, "Show the models in the cache");
  list->excludes(model)->excludes(revision)->excludes(force);
  command->footer(
      "Prints the model's directory. A broken download is resumed by the same command.\n\n"
      "Examples:\n"
      "  jetson-nlp pull sentence-transformers/all-MiniLM-L6-v2\n"
      "  jetson-nlp pull distilbert-base-uncased-finetuned-sst-2-english@main\n"
      "  jetson-nlp pull --list\n\n"
      "Environment: HF_TOKEN, HF_HOME, HF_HUB_CACHE, HF_ENDPOINT, HF_HUB_OFFLINE, HTTPS_PROXY.");
  command->callback([arguments] {
    if (!arguments->list && arguments->model.empty()) {
      throw CLI::ValidationError("pull", "the name of a model is required (or --list)");
    }
    pull(*arguments);
  });
}

}  // namespace jnlp
