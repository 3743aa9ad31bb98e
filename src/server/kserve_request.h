#pragma once

#include <span>
#include <string>
#include <vector>

#include "http/request.h"
#include "http/response.h"
#include "server/kserve_tensor.h"

namespace jnlp {

/// What a client of POST /v2/models/{name}/infer asks. All inputs here are texts.
struct KserveRequest {
  struct Input {
    std::string name;
    KserveShape shape;
    std::vector<std::string> texts;  ///< well-formed UTF-8, 1 to RequestFields::kMaxTexts
  };
  struct Output {
    std::string name;
    bool is_binary = false;
  };

  std::string id;
  std::vector<Input> inputs;
  std::vector<Output> outputs;     ///< empty: all
  bool is_binary_default = false;  ///< of outputs that are not named

  /// @throws http::HttpError 400 when it is not there.
  const Input& input(const std::string& name) const;
};

/// Reads a body of JSON alone, or, with Inference-Header-Content-Length, of JSON and binary data.
/// @throws http::HttpError 400 for all that is wrong with it.
KserveRequest parse_kserve_request(const http::Request& request);

/// The answer with the outputs that were asked for.
/// @throws http::HttpError 400 for an output that is not among `outputs`.
http::Response kserve_response(const std::string& model, const KserveRequest& request,
                               std::span<const KserveTensor> outputs);

}  // namespace jnlp
