#pragma once

namespace jnlp {

/// huggingface_child.py.
extern const char* const kHuggingfaceScript;

}  // namespace jnlp
