#include "tokenize/text/byte_alphabet.h"

#include <array>

#include "base/utf8.h"

namespace jnlp::tok {
namespace {

constexpr char32_t kFirstExtra = 0x100;
constexpr size_t kLetters = 0x144;

constexpr bool is_its_own_letter(unsigned byte) {
  return (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
}

struct Alphabet {
  std::array<char32_t, 256> letters{};
  std::array<int16_t, kLetters> bytes{};
};

constexpr Alphabet make_alphabet() {
  Alphabet alphabet;
  for (int16_t& byte : alphabet.bytes) byte = -1;
  char32_t extra = kFirstExtra;
  for (unsigned byte = 0; byte < 256; ++byte) {
    const char32_t letter = is_its_own_letter(byte) ? byte : extra++;
    alphabet.letters[byte] = letter;
    alphabet.bytes[letter] = static_cast<int16_t>(byte);
  }
  return alphabet;
}

constexpr Alphabet kAlphabet = make_alphabet();

}  // namespace

char32_t letter_of_byte(unsigned char byte) {
  return kAlphabet.letters[byte];
}

int byte_of_letter(char32_t letter) {
  return letter < kLetters ? kAlphabet.bytes[letter] : -1;
}

bool bytes_of_token(std::string_view token, std::string* bytes) {
  for (size_t position = 0; position < token.size();) {
    const int byte = byte_of_letter(decode_utf8(token, &position));
    if (byte < 0) return false;
    bytes->push_back(static_cast<char>(byte));
  }
  return true;
}

void spell_bytes(NormalizedText* text) {
  std::vector<CharChange> changes;
  changes.reserve(text->text().size());
  for (const char c : text->text()) {
    const auto byte = static_cast<unsigned char>(c);
    const bool continues = (byte & 0xC0U) == 0x80U;
    changes.push_back({letter_of_byte(byte), continues ? 1 : 0});
  }
  text->transform(changes);
}

}  // namespace jnlp::tok
