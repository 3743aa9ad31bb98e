#pragma once

#include <optional>
#include <string>

#include "server/model_slot.h"
#include "server/openai_error.h"

namespace jnlp {

/// The model of a slot, when `name` is its name or nothing.
/// @throws OpenAiError 404 model_not_found for another name or where there is no model;
///   http::HttpError 503 while it is being loaded.
template <typename Service, typename NameOf>
std::shared_ptr<Service> openai_model(const ModelSlot<Service>& slot,
                                      const std::optional<std::string>& name, NameOf name_of) {
  std::shared_ptr<Service> service;
  try {
    service = slot.get();
  } catch (const http::HttpError& error) {
    if (error.code() != ErrorCode::unsupported) throw;
    throw OpenAiError(404, error.what(), "model", "model_not_found");
  }
  const std::string known = name_of(*service);
  if (name && *name != known) {
    throw OpenAiError(404, "the model '" + *name + "' is not served; this is: '" + known + "'",
                      "model", "model_not_found");
  }
  return service;
}

}  // namespace jnlp
