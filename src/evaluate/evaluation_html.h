#pragma once

#include <string>

#include "evaluate/evaluation_output.h"

namespace jnlp {

/// The result as one web page that needs nothing else: charts as inline SVG, no script, no network.
std::string evaluation_html(const Evaluation& evaluation);

}  // namespace jnlp
