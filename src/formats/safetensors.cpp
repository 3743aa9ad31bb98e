#include "formats/safetensors.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <set>
#include <utility>

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "formats/safetensors_header.h"

namespace jnlp {
namespace {

// Whether `size` bytes hold exactly the elements that shape and dtype ask for.
bool fits(const NamedTensor& tensor) {
  uint64_t bits = bits_of(tensor.dtype);
  for (const int64_t dimension : tensor.shape) {
    if (dimension < 0 || __builtin_mul_overflow(bits, static_cast<uint64_t>(dimension), &bits)) {
      return false;
    }
  }
  return bits % 8 == 0 && bits / 8 == tensor.bytes.size();
}

// Kernels and mappings like data that begins on a cache line.
constexpr size_t kCacheLine = 64;

// Tensors of whole cache lines first: as the data begins on one, so does each of them. Then wider
// types first, so that every tensor is aligned to its type.
std::vector<const NamedTensor*> in_file_order(const std::vector<NamedTensor>& tensors) {
  std::vector<const NamedTensor*> order;
  order.reserve(tensors.size());
  for (const NamedTensor& tensor : tensors) order.push_back(&tensor);
  const auto rank = [](const NamedTensor* tensor) {
    return std::pair(tensor->bytes.size() % kCacheLine != 0,
                     -static_cast<int64_t>(bits_of(tensor->dtype)));
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](const NamedTensor* a, const NamedTensor* b) { return rank(a) < rank(b); });
  return order;
}

std::string make_header(const std::vector<const NamedTensor*>& tensors,
                        const std::map<std::string, std::string, std::less<>>& metadata,
                        const std::filesystem::path& path) {
  OrderedJson json = OrderedJson::object();
  if (!metadata.empty()) json["__metadata__"] = metadata;
  std::set<std::string_view> names;
  uint64_t offset = 0;
  for (const NamedTensor* tensor : tensors) {
    if (!names.insert(tensor->name).second || tensor->name == "__metadata__") {
      throw Error(ErrorCode::invalid_input, fmt::format("cannot write {}: the tensor name '{}' is "
                                                        "taken",
                                                        path.string(), tensor->name));
    }
    if (!fits(*tensor)) {
      throw Error(ErrorCode::invalid_input,
                  fmt::format("cannot write {}: the {} bytes of tensor '{}' do not fit its shape",
                              path.string(), tensor->bytes.size(), tensor->name));
    }
    const uint64_t end = offset + tensor->bytes.size();
    json[tensor->name] = OrderedJson{{"dtype", to_string(tensor->dtype)},
                                     {"shape", tensor->shape},
                                     {"data_offsets", {offset, end}}};
    offset = end;
  }
  std::string header = dump_json(json);
  // The format lets the header end in spaces.
  const size_t begin = sizeof(uint64_t) + header.size();
  header.append((kCacheLine - begin % kCacheLine) % kCacheLine, ' ');
  return header;
}

}  // namespace

Safetensors::Safetensors(const std::vector<std::filesystem::path>& files) {
  for (const std::filesystem::path& path : files) {
    const MappedFile& file = files_.emplace_back(path);
    const std::span<const std::byte> bytes = file.bytes();
    SafetensorsHeader header = read_safetensors_header(
        {reinterpret_cast<const char*>(bytes.data()), bytes.size()}, path.string());
    for (HeaderEntry& entry : header.entries) {
      TensorView view{entry.dtype, std::move(entry.shape),
                      bytes.subspan(header.data_begin + entry.begin, entry.end - entry.begin)};
      if (!tensors_.emplace(entry.name, std::move(view)).second) {
        throw Error(ErrorCode::invalid_input,
                    fmt::format("{}: the tensor '{}' is also in another file of the same model",
                                path.string(), entry.name));
      }
    }
    metadata_.merge(header.metadata);
  }
}

bool Safetensors::contains(std::string_view name) const {
  return tensors_.find(name) != tensors_.end();
}

const TensorView& Safetensors::at(std::string_view name) const {
  const auto found = tensors_.find(name);
  if (found == tensors_.end()) {
    throw Error(ErrorCode::not_found, fmt::format("the weights have no tensor '{}'", name));
  }
  return found->second;
}

void Safetensors::release(const TensorView& tensor) const {
  for (const MappedFile& file : files_) {
    const std::span<const std::byte> bytes = file.bytes();
    const std::less_equal<> not_behind;
    if (not_behind(bytes.data(), tensor.bytes.data()) &&
        not_behind(tensor.bytes.data() + tensor.bytes.size(), bytes.data() + bytes.size())) {
      file.release(tensor.bytes);
    }
  }
}

void Safetensors::release() const {
  for (const MappedFile& file : files_) file.release(file.bytes());
}

void write_safetensors(const std::filesystem::path& path, const std::vector<NamedTensor>& tensors,
                       const std::map<std::string, std::string, std::less<>>& metadata) {
  const std::vector<const NamedTensor*> order = in_file_order(tensors);
  const std::string header = make_header(order, metadata, path);
  const uint64_t length = header.size();
  char prefix[sizeof(length)];
  std::memcpy(prefix, &length, sizeof(length));
  AtomicFile file(path);
  file.write({prefix, sizeof(prefix)});
  file.write(header);
  for (const NamedTensor* tensor : order) {
    file.write({reinterpret_cast<const char*>(tensor->bytes.data()), tensor->bytes.size()});
  }
  file.commit();
}

}  // namespace jnlp
