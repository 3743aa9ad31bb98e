#include "hub/hub_api.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/error.h"
#include "base/json.h"
#include "hub/hub_errors.h"

namespace jnlp {
namespace {

constexpr int kMaxPages = 200;  // of 1,000 files each
constexpr size_t kMaxFiles = 200'000;
constexpr int64_t kMaxFileSize = int64_t{1} << 46;  // keeps sums of sizes far from overflow

[[noreturn]] void fail_answer(const std::string& url, std::string_view what) {
  throw Error(ErrorCode::io,
              fmt::format("the answer of {} {}: it is not from a Hugging Face hub, or something "
                          "between changes it; check HF_ENDPOINT and the proxy",
                          url, what));
}

Json parse_answer(const std::string& url, const std::string& body) {
  try {
    return parse_json(body, url);
  } catch (const Error&) {
    fail_answer(url, "is not JSON");
  }
}

std::string string_at(const Json& object, const char* key) {
  if (!object.is_object()) return "";
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

int64_t size_at(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number_integer()) return -1;
  const auto size = found->get<int64_t>();
  return size >= 0 && size <= kMaxFileSize ? size : -1;
}

std::string checked_path(const std::string& url, std::string path) {
  if (!is_safe_relative_path(path)) {
    fail_answer(url, fmt::format("lists a file with the unsafe path {}",
                                 dump_json(Json(path.substr(0, 100)))));
  }
  return path;
}

RepoFile tree_file(const std::string& url, const Json& entry) {
  RepoFile file;
  file.path = checked_path(url, string_at(entry, "path"));
  const auto lfs = entry.find("lfs");
  const bool large = lfs != entry.end() && lfs->is_object();
  file.size = large ? size_at(*lfs, "size") : size_at(entry, "size");
  file.blob = large ? string_at(*lfs, "oid") : string_at(entry, "oid");
  if (large && file.blob.rfind("sha256:", 0) == 0) file.blob.erase(0, 7);
  if (file.size < 0 || !is_hex(file.blob, large ? 64 : 40)) {
    fail_answer(url, fmt::format("gives no usable size and checksum for {}", file.path));
  }
  return file;
}

}  // namespace

HubApi::HubApi(const HubConfig& config, HttpClient& client, WaitNotice notice)
    : config_(config), client_(client), notice_(std::move(notice)) {}

std::string HubApi::model_url(const ModelName& name) const {
  return config_.endpoint + "/api/models/" + name.id;
}

std::string HubApi::file_url(const ModelName& name, const std::string& commit,
                             const std::string& path) const {
  return fmt::format("{}/{}/resolve/{}/{}", config_.endpoint, name.id, commit,
                     quote_url(path, true));
}

HttpResult HubApi::get(const std::string& url) {
  HttpRequest request;
  request.url = url;
  request.token = is_same_origin(url, config_.endpoint) ? config_.token : "";
  return perform_with_retries(config_.limits, notice_, [&] { return client_.perform(request); });
}

// A server that says only "404" leaves open whether the model or the revision is missing.
void HubApi::fail(const ModelName& name, const HttpResult& result) {
  HttpResult told = result;
  if (result.fault == HttpFault::none && result.status == 404 &&
      result.header("x-error-code").empty() && get(model_url(name)).ok()) {
    told.headers["x-error-code"] = "RevisionNotFound";
  }
  throw_hub_error(config_, name, told);
}

RepoState HubApi::fetch_state(const ModelName& name) {
  const std::string url = model_url(name) + "/revision/" + quote_url(name.revision, false);
  const HttpResult result = get(url);
  if (!result.ok()) fail(name, result);
  const Json answer = parse_answer(url, result.body);
  RepoState state;
  state.commit = string_at(answer, "sha");
  if (!is_commit_id(state.commit)) fail_answer(url, "names no commit");
  if (list_tree(name, state.commit, &state.files)) return state;
  const auto siblings = answer.find("siblings");
  if (siblings == answer.end() || !siblings->is_array() || siblings->size() > kMaxFiles) {
    fail_answer(url, "lists no files");
  }
  for (const Json& sibling : *siblings) {
    state.files.push_back({checked_path(url, string_at(sibling, "rfilename")), -1, ""});
  }
  return state;
}

bool HubApi::list_tree(const ModelName& name, const std::string& commit,
                       std::vector<RepoFile>* files) {
  const std::string first =
      fmt::format("{}/tree/{}?recursive=true&expand=false", model_url(name), commit);
  std::string url = first;
  for (int page = 0; !url.empty(); ++page) {
    if (page == kMaxPages) fail_answer(first, "goes on without an end");
    const HttpResult result = get(url);
    if (page == 0 && result.status == 404) return false;
    if (!result.ok()) fail(name, result);
    const Json entries = parse_answer(url, result.body);
    if (!entries.is_array()) fail_answer(url, "is not a list of files");
    for (const Json& entry : entries) {
      if (string_at(entry, "type") == "file") files->push_back(tree_file(url, entry));
    }
    if (files->size() > kMaxFiles) fail_answer(first, "lists too many files");
    url = next_page(result.header("link"));
    if (!url.empty() && url.front() == '/') url.insert(0, config_.endpoint);
    if (!url.empty() && !is_redirect_allowed(first, url)) fail_answer(first, "leads elsewhere");
  }
  return true;
}

void HubApi::complete(const ModelName& name, const std::string& commit, RepoFile* file) {
  if (!file->blob.empty() && file->size >= 0) return;
  HttpRequest request;
  request.url = file_url(name, commit, file->path);
  request.token = config_.token;
  request.method = HttpMethod::head;
  request.follow_to_other_origins = false;  // the storage behind it knows other ETags
  const HttpResult result =
      perform_with_retries(config_.limits, notice_, [&] { return client_.perform(request); });
  const bool redirect =
      result.fault == HttpFault::none && result.status >= 300 && result.status < 400;
  if (!result.ok() && !redirect) fail(name, result);
  const std::string linked = result.header("x-linked-etag");
  const std::string linked_size = result.header("x-linked-size");
  const std::string size =
      linked_size.empty() && !redirect ? result.header("content-length") : linked_size;
  file->blob = normalize_etag(linked.empty() ? result.header("etag") : linked);
  const auto [end, error] = std::from_chars(size.data(), size.data() + size.size(), file->size);
  if (result.header("x-repo-commit") != commit) fail_answer(request.url, "names another commit");
  if (error != std::errc{} || end != size.data() + size.size() || file->size < 0 ||
      file->size > kMaxFileSize || (!is_hex(file->blob, 40) && !is_hex(file->blob, 64))) {
    fail_answer(request.url, "gives no usable size and checksum");
  }
}

std::string next_page(const std::string& link_header) {
  for (size_t begin = link_header.find('<'); begin != std::string::npos;
       begin = link_header.find('<', begin + 1)) {
    const size_t end = link_header.find('>', begin);
    if (end == std::string::npos) return "";
    const std::string parameters =
        link_header.substr(end + 1, link_header.find('<', end) - end - 1);
    if (parameters.find("rel=\"next\"") != std::string::npos ||
        parameters.find("rel=next") != std::string::npos) {
      return link_header.substr(begin + 1, end - begin - 1);
    }
    begin = end;
  }
  return "";
}

std::string normalize_etag(std::string_view etag) {
  if (etag.substr(0, 2) == "W/") etag.remove_prefix(2);
  if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"') {
    etag = etag.substr(1, etag.size() - 2);
  }
  return std::string(etag);
}

}  // namespace jnlp
