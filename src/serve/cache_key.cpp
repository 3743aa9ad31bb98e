#include "serve/cache_key.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <memory>

#include "base/error.h"

namespace jnlp {
namespace {

void check(bool ok) {
  if (!ok) throw Error(ErrorCode::internal, "OpenSSL cannot calculate a SHA-256");
}

void update(EVP_MD_CTX* context, std::string_view part) {
  // The length first, little-endian, so that no two lists of parts are the same bytes.
  std::array<unsigned char, 8> size;
  for (size_t i = 0; i < size.size(); ++i) {
    size[i] = static_cast<unsigned char>(part.size() >> 8 * i);
  }
  check(EVP_DigestUpdate(context, size.data(), size.size()) == 1);
  check(EVP_DigestUpdate(context, part.data(), part.size()) == 1);
}

struct Free {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(EVP_MD* digest) const { EVP_MD_free(digest); }
};

EVP_MD* fetch_sha256() {
  EVP_MD* digest = EVP_MD_fetch(nullptr, "SHA2-256", nullptr);
  check(digest != nullptr);
  return digest;
}

// EVP_sha256() has it looked for by name, under a lock, each time.
const EVP_MD* sha256() {
  static const std::unique_ptr<EVP_MD, Free> digest(fetch_sha256());
  return digest.get();
}

}  // namespace

std::string CacheKey::hex() const {
  return fmt::format("{:016x}{:016x}", high, low);
}

CacheKey cache_key(std::string_view model_digest, std::string_view task,
                   std::string_view parameters, std::string_view text) {
  // Kept, since making one costs more than hashing a short text.
  thread_local const std::unique_ptr<EVP_MD_CTX, Free> context(EVP_MD_CTX_new());
  check(context != nullptr && EVP_DigestInit_ex(context.get(), sha256(), nullptr) == 1);
  for (const std::string_view part : {model_digest, task, parameters, text}) {
    update(context.get(), part);
  }
  unsigned char digest[EVP_MAX_MD_SIZE];
  check(EVP_DigestFinal_ex(context.get(), digest, nullptr) == 1);
  CacheKey key;
  for (size_t i = 0; i < 8; ++i) key.high = key.high << 8 | digest[i];
  for (size_t i = 8; i < 16; ++i) key.low = key.low << 8 | digest[i];
  return key;
}

}  // namespace jnlp
