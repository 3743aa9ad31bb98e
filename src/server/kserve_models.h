#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "http/request.h"
#include "http/router.h"
#include "server/kserve_request.h"
#include "server/kserve_tensor.h"
#include "server/server_models.h"

namespace jnlp {

using SharedKserveRequest = std::shared_ptr<const KserveRequest>;

/// A task as a model of the KServe v2 protocol.
struct KserveModel {
  struct Tensor {
    std::string name;
    std::string datatype;
    KserveShape shape;  ///< -1: as many as the texts
  };

  std::string name;  ///< the task's
  std::vector<Tensor> inputs;
  std::vector<Tensor> outputs;
  std::function<bool()> is_ready;
  /// What runs it. @throws http::HttpError when it is not ready.
  std::function<std::string()> platform;
  /// In stages. @throws http::HttpError also for wrong inputs.
  std::function<http::Begun(const http::Request&, const SharedKserveRequest&)> infer;
};

/// sentiment, ner, qa and embedding. `models` must outlive them.
std::vector<KserveModel> kserve_models(const ServerModels& models);

}  // namespace jnlp
