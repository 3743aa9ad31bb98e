#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "hub/hub_config.h"
#include "hub/model_name.h"
#include "hub/retry.h"
#include "net/http_client.h"

namespace jnlp {

/// One file to fetch.
struct DownloadJob {
  std::string url;
  std::filesystem::path target;  ///< its folder exists
  int64_t size = 0;              ///< bytes
  std::string checksum;          ///< see Checksum
  bool from_start = false;       ///< ignore what an earlier download left
};

/// Where the bytes of an unfinished download of `target` wait to be resumed.
std::filesystem::path incomplete_path(const std::filesystem::path& target);

/// Fetches `job.target`, which appears whole and verified or not at all. Bytes that arrived stay in
/// incomplete_path(), also when the process is killed, and the next call asks for the rest. A file
/// with the wrong size or checksum is thrown away and fetched once more from the start.
/// `on_bytes` gets the number of bytes that are there, which may fall when the server starts over.
/// The caller holds the lock of the file. Returns the number of bytes that came over the network.
/// @throws Error as throw_hub_error, or io when the disk is full or the content is wrong twice.
int64_t download(const HubConfig& config, const ModelName& name, HttpClient& client,
                 const DownloadJob& job, const std::function<void(int64_t)>& on_bytes,
                 const WaitNotice& notice);

}  // namespace jnlp
