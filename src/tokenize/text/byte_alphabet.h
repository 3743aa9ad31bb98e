#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tokenize/text/normalized_text.h"

// GPT-2's alphabet: every byte has a printable letter, so that byte-level BPE can keep its
// vocabulary as text (https://github.com/openai/gpt-2, encoder.py, bytes_to_unicode).

namespace jnlp::tok {

/// The letter of a byte, below U+0144.
char32_t letter_of_byte(unsigned char byte);
/// The byte of a letter, or -1 for a letter outside of the alphabet.
int byte_of_letter(char32_t letter);

/// The bytes that a token spells. False when it has letters outside of the alphabet; then `bytes`
/// is not complete.
bool bytes_of_token(std::string_view token, std::string* bytes);

/// Replaces every byte of the text by its letter.
void spell_bytes(NormalizedText* text);

}  // namespace jnlp::tok
