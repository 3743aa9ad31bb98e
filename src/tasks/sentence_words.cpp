#include "tasks/sentence_words.h"

#include <algorithm>
#include <array>

namespace jnlp {
namespace {

constexpr auto kTitles = std::to_array<std::string_view>(
    {"Mr",  "Mrs",  "Ms",   "Mx",     "Dr",   "Prof", "Rev",   "Hon", "Gov", "Sen",  "Rep",  "Gen",
     "Col", "Maj",  "Capt", "Cpt",    "Lt",   "Cmdr", "Sgt",   "Cpl", "Pvt", "Adm",  "Supt", "Insp",
     "Det", "Pres", "Sec",  "Messrs", "Mme",  "Mlle", "Hr",    "Frl", "Sra", "Srta", "Dra",  "Ing",
     "Amb", "Atty", "Msgr", "Brig",   "Sens", "Reps", "Profs", "Drs", "Gens"});

constexpr auto kAbbreviations = std::to_array<std::string_view>(
    {"Inc", "Ltd",   "Co",  "Corp", "Bros", "Jr",   "Sr",   "St",    "Ste",    "Mt",   "Ft",
     "Ave", "Blvd",  "Rd",  "Dept", "dept", "Univ", "Assn", "vs",    "approx", "est",  "cf",
     "Jan", "Feb",   "Mar", "Apr",  "Jun",  "Jul",  "Aug",  "Sep",   "Sept",   "Oct",  "Nov",
     "Dec", "Mon",   "Tue", "Tues", "Wed",  "Thu",  "Thur", "Thurs", "Fri",    "etc",  "al",
     "ca",  "Calif", "Fla", "Tex",  "Mass", "Penn", "Conn", "Ariz",  "Colo",   "Okla", "bzw",
     "usw", "evtl",  "ggf", "inkl", "vgl",  "Str",  "Ph",   "eds",   "ed",     "max",  "min"});

constexpr auto kNumberAbbreviations =
    std::to_array<std::string_view>({"No", "no", "Nos", "Nr", "Fig", "fig", "Figs", "Vol", "vol",
                                     "pp", "p", "Art", "Sect", "Ch", "Eq", "Ex", "Bd", "S"});

constexpr auto kStarters = std::to_array<std::string_view>(
    {"The",      "A",       "An",      "It",    "He",      "She",   "They", "We",     "I",
     "You",      "This",    "That",    "These", "Those",   "There", "Here", "In",     "On",
     "At",       "But",     "And",     "Or",    "So",      "If",    "When", "While",  "After",
     "Before",   "As",      "For",     "From",  "With",    "By",    "To",   "His",    "Her",
     "Its",      "Their",   "Our",     "My",    "Your",    "What",  "Why",  "Where",  "Not",
     "However",  "Also",    "Then",    "Now",   "One",     "Some",  "Many", "Most",   "Since",
     "Although", "Though",  "Because", "Both",  "Each",    "Every", "Once", "During", "Under",
     "Until",    "Despite", "Last",    "Next",  "Another", "Other", "Even", "Such",   "Did",
     "Is",       "Are",     "Was",     "Were",  "Do",      "Does",  "Have", "Has",    "Only"});

template <size_t N>
bool contains(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

bool is_title(std::string_view word) {
  return contains(kTitles, word);
}

bool is_abbreviation(std::string_view word) {
  return contains(kAbbreviations, word);
}

bool is_number_abbreviation(std::string_view word) {
  return contains(kNumberAbbreviations, word);
}

bool often_begins_sentence(std::string_view word) {
  return contains(kStarters, word);
}

}  // namespace jnlp
