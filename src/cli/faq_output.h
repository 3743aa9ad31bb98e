#pragma once

#include <string>

#include "base/json.h"
#include "tasks/faq_answerer.h"

namespace jnlp {

/// The answer of an FAQ with its source, for people: the text, then what is quoted and where it
/// stands. A text that was shown while it was written is left out.
std::string faq_lines(const FaqAnswerer& faq, const FaqAnswer& answer);

/// The same for machines; docs/chat.md describes the fields. Offsets are code points of the file.
OrderedJson faq_json(const FaqAnswerer& faq, const FaqAnswer& answer);

}  // namespace jnlp
