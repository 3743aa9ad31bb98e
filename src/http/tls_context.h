#pragma once

#include <filesystem>
#include <memory>

#include "http/asio_types.h"

namespace jnlp::http {

/// TLS 1.2 and later with this certificate (chain) and key, both PEM.
/// @throws Error not_found, or invalid_input when they cannot be used or do not belong together.
TlsContext load_tls(const std::filesystem::path& certificate, const std::filesystem::path& key);

}  // namespace jnlp::http
