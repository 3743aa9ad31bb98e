#include "models/prepare_directory.h"

#include <fmt/format.h>

#include <array>
#include <fstream>
#include <memory>
#include <system_error>
#include <vector>

#include "base/atomic_directory.h"
#include "base/error.h"
#include "base/file.h"
#include "base/progress.h"
#include "formats/tokenizer_files.h"
#include "models/prepare.h"
#include "models/weight_store.h"

namespace jnlp {
namespace {

namespace fs = std::filesystem;

// In the metadata of prepared files: whether the folder around them is ours too.
constexpr const char* kFolderKey = "folder";
constexpr const char* kWholeFolder = "made with this file";

// What else belongs to a model: limits that we read, its licence, what sentence-transformers reads.
constexpr std::array kSideFiles = {"README.md",
                                   "LICENSE",
                                   "LICENSE.txt",
                                   "NOTICE",
                                   "NOTICE.txt",
                                   "sentence_bert_config.json",
                                   "config_sentence_transformers.json"};

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

bool is_own_directory(const ModelDir& model, const fs::path& output) {
  std::error_code ignored;
  return fs::equivalent(model.path, output, ignored);
}

// Whether `prepare` made all of a folder.
bool is_wholly_ours(const fs::path& directory) {
  if (!is_file(directory / kPreparedFile)) return false;
  const Safetensors file({directory / kPreparedFile});
  const auto made = file.metadata().find(kFolderKey);
  return made != file.metadata().end() && made->second == kWholeFolder;
}

void check_output(const ModelDir& model, const PrepareOptions& options) {
  const fs::path& output = options.output;
  const auto fail = [&](std::string_view why) {
    throw Error(ErrorCode::invalid_input, fmt::format("{} {}", output.string(), why));
  };
  std::error_code ignored;
  if (is_own_directory(model, output)) {
    if (options.prepared_only) fail("is the model's own directory: its weights stay in it");
    if (model.prepared_file && !options.force) fail("is prepared already; --force does it anew");
    return;
  }
  if (fs::equivalent(model.base_path, output, ignored)) fail("is the base of the adapter");
  if (!fs::exists(output, ignored)) return;
  if (!fs::is_directory(output, ignored)) fail("is there and is no directory");
  if (fs::equivalent(output, fs::current_path(), ignored))
    fail("is the current folder; name a new one");
  if (fs::is_empty(output, ignored)) return;
  if (!options.force) fail("is there already; --force replaces a prepared model");
  // --force must never cost anybody a folder of something else, nor a model that was prepared in
  // place.
  if (!is_wholly_ours(output)) {
    fail("is no folder that 'prepare' made, so --force does not replace it; choose another one");
  }
}

int64_t size_of_file(const fs::path& path) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  return error ? 0 : static_cast<int64_t>(size);
}

int64_t weight_bytes(const ModelDir& model) {
  int64_t bytes = model.adapter_file ? size_of_file(*model.adapter_file) : 0;
  for (const fs::path& file : model.weight_files) bytes += size_of_file(file);
  return bytes;
}

int64_t directory_bytes(const fs::path& directory) {
  int64_t bytes = 0;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    if (is_file(entry.path())) bytes += size_of_file(entry.path());
  }
  return bytes;
}

// A true copy: a hard link into a cache would let an edit here change the cache.
void copy_with_progress(const fs::path& from, const fs::path& to) {
  constexpr size_t kPiece = 4 << 20U;
  std::ifstream source(from, std::ios::binary);
  if (!source) throw Error(ErrorCode::io, fmt::format("cannot open {}", from.string()));
  fs::create_directories(to.parent_path());
  AtomicFile file(to);
  Progress progress(to.filename().string(), size_of_file(from), Progress::Unit::bytes);
  std::vector<char> piece(kPiece);
  while (source.read(piece.data(), kPiece) || source.gcount() > 0) {
    file.write({piece.data(), static_cast<size_t>(source.gcount())});
    progress.add(source.gcount());
  }
  if (source.bad()) throw Error(ErrorCode::io, fmt::format("cannot read {}", from.string()));
  file.commit();
}

void copy_if_there(const fs::path& from, const fs::path& to) {
  if (is_file(from)) copy_with_progress(from, to);
}

void copy_modules(const fs::path& from, const fs::path& to) {
  if (!is_file(from / "modules.json")) return;
  copy_with_progress(from / "modules.json", to / "modules.json");
  const Json modules = read_json_file(from / "modules.json");
  if (!modules.is_array()) return;  // loading says what is wrong
  for (const Json& module : modules) {
    const fs::path folder = module.is_object() ? module.value("path", "") : "";
    if (folder.empty() || folder.is_absolute() || *folder.lexically_normal().begin() == "..") {
      continue;
    }
    for (const char* name : {"config.json", "model.safetensors"}) {
      copy_if_there(from / folder / name, to / folder / name);
    }
  }
}

void copy_tokenizer(const fs::path& from, const fs::path& to) {
  for (const auto& entry : fs::directory_iterator(from)) {
    const fs::path name = entry.path().filename();
    if (is_tokenizer_file(name)) copy_if_there(entry.path(), to / name);
  }
}

void write_weights(const ModelDir& model, const PrepareOptions& options, const fs::path& to) {
  if (model.is_adapter()) {
    return write_merged_weights(model, to / "model.safetensors", options.head);
  }
  for (const fs::path& file : model.weight_files) copy_with_progress(file, to / file.filename());
  if (is_file(to / "model.safetensors")) return;
  constexpr const char* kIndex = "model.safetensors.index.json";
  copy_with_progress(model.base_path / kIndex, to / kIndex);
}

// All that belongs to the model but the prepared file.
void write_usual_files(const ModelDir& model, const PrepareOptions& options, const fs::path& to) {
  if (model.is_adapter()) {
    write_file(to / "config.json", dump_json(model.config, 2) + "\n");
  } else {
    copy_with_progress(model.path / "config.json", to / "config.json");
  }
  copy_tokenizer(model.tokenizer_path, to);
  for (const char* name : kSideFiles) copy_if_there(model.path / name, to / name);
  if (model.ranges_file) copy_with_progress(*model.ranges_file, to / kActivationRangesFile);
  copy_modules(model.modules_path(), to);
  if (!options.prepared_only) write_weights(model, options, to);
}

PackedModel write_prepared(const ModelDir& model, const ModelDir& target,
                           const PrepareOptions& options, const Exec& exec) {
  std::unique_ptr<Progress> bar;
  const auto show = [&](int64_t done, int64_t total) {
    if (!bar) bar = std::make_unique<Progress>("packing", total);
    bar->set(done);
  };
  return write_prepared_file(model, target, {options.head, options.engine, options.notes, show},
                             exec);
}

}  // namespace

PrepareResult prepare_directory(const ModelDir& model, const PrepareOptions& options,
                                const Exec& exec) {
  check_output(model, options);
  static_cast<void>(WeightStore(model));  // what is wrong shows before anything is copied
  PrepareResult result;
  result.source_bytes = weight_bytes(model);
  if (is_own_directory(model, options.output)) {
    result.packed = write_prepared(model, model, options, exec);
  } else {
    AtomicDirectory output(options.output);
    write_usual_files(model, options, output.path());
    ModelDir target = model;
    target.path = output.path();
    target.config = read_json_file(output.path() / "config.json");
    if (!options.prepared_only) target = ModelDir::open(output.path());
    PrepareOptions whole = options;
    whole.notes[kFolderKey] = kWholeFolder;
    result.packed = write_prepared(model, target, whole, exec);
    output.commit();
  }
  result.prepared_bytes = size_of_file(options.output / kPreparedFile);
  result.total_bytes = directory_bytes(options.output);
  return result;
}

}  // namespace jnlp
