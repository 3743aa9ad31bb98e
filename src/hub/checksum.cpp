#include "hub/checksum.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <fstream>
#include <vector>

#include "base/error.h"
#include "hub/model_name.h"

namespace jnlp {
namespace {

void check(int result) {
  if (result != 1) throw Error(ErrorCode::internal, "OpenSSL cannot calculate a checksum");
}

}  // namespace

struct Checksum::Context {
  EVP_MD_CTX* value = EVP_MD_CTX_new();
  Context() = default;
  ~Context() { EVP_MD_CTX_free(value); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
};

Checksum::Checksum(std::string expected, int64_t size)
    : expected_(std::move(expected)), size_(size), context_(std::make_unique<Context>()) {
  if (!is_hex(expected_, 40) && !is_hex(expected_, 64)) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("'{}' is neither a SHA-256 nor a git blob id", expected_));
  }
  restart();
}

Checksum::~Checksum() = default;

void Checksum::restart() {
  const bool git = expected_.size() == 40;
  check(EVP_DigestInit_ex(context_->value, git ? EVP_sha1() : EVP_sha256(), nullptr));
  if (git) update(fmt::format("blob {}", size_) + '\0');
}

void Checksum::update(std::string_view bytes) {
  check(EVP_DigestUpdate(context_->value, bytes.data(), bytes.size()));
}

std::string Checksum::finish() {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  check(EVP_DigestFinal_ex(context_->value, digest, &length));
  std::string text;
  for (unsigned int i = 0; i < length; ++i) text += fmt::format("{:02x}", digest[i]);
  return text;
}

std::string sha256_of_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error(ErrorCode::io, fmt::format("cannot read {}", path.string()));
  Checksum checksum(std::string(64, '0'), 0);  // so many digits ask for SHA-256
  std::vector<char> piece(size_t{1} << 20U);
  while (file.read(piece.data(), static_cast<std::streamsize>(piece.size())) || file.gcount() > 0) {
    checksum.update({piece.data(), static_cast<size_t>(file.gcount())});
  }
  if (file.bad()) throw Error(ErrorCode::io, fmt::format("cannot read {}", path.string()));
  return checksum.finish();
}

}  // namespace jnlp
