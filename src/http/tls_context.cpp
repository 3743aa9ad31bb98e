#include "http/tls_context.h"

#include <fmt/format.h>
#include <openssl/ssl.h>

#include "base/error.h"

namespace jnlp::http {
namespace {

void check(const error_code& failed, const char* what, const std::filesystem::path& path) {
  if (!failed) return;
  throw Error(
      ErrorCode::invalid_input,
      fmt::format("cannot use {} as the TLS {}: {}; it must be PEM, and certificate and key "
                  "must belong together",
                  path.string(), what, failed.message()));
}

// HTTP/1.1 is what a client is told that offers several protocols.
int choose_protocol(SSL* /*ssl*/, const unsigned char** out, unsigned char* out_size,
                    const unsigned char* offered, unsigned offered_size, void* /*unused*/) {
  static constexpr unsigned char kHttp11[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_size, kHttp11, sizeof kHttp11, offered, offered_size) !=
      OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_NOACK;
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

TlsContext load_tls(const std::filesystem::path& certificate, const std::filesystem::path& key) {
  for (const auto& path : {certificate, key}) {
    if (std::filesystem::exists(path)) continue;
    throw Error(ErrorCode::not_found, fmt::format("there is no TLS file {}", path.string()));
  }
  auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
  context->set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 |
                       asio::ssl::context::no_tlsv1_1 | SSL_OP_NO_RENEGOTIATION);
  // Idle connections give their buffers back.
  SSL_CTX_set_mode(context->native_handle(), SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(context->native_handle(), choose_protocol, nullptr);
  error_code failed;
  context->use_certificate_chain_file(certificate.string(), failed);
  check(failed, "certificate", certificate);
  context->use_private_key_file(key.string(), asio::ssl::context::pem, failed);
  check(failed, "key", key);
  return context;
}

}  // namespace jnlp::http
