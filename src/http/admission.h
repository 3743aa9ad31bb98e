#pragma once

namespace jnlp::http {

class Exchange;

/// What follows from a request's head: id, path, deadline and route are set, or a refusal that
/// will be the answer. With `quick_only`, routes that are not quick are unknown.
void admit(Exchange* exchange, bool quick_only);

/// As much of it as the log needs, for a request that is refused before its head is whole.
void identify(Exchange* exchange, bool quick_only);

}  // namespace jnlp::http
