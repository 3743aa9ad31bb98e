#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace jnlp {

/// What makes an answer right.
enum class QualityKind {
  multiple_choice,  ///< one of several given answers
  last_word,        ///< the word that a passage ends with (LAMBADA)
  number,           ///< the number that a calculation ends with (GSM8K)
};

/// One question with a known answer, in the two forms in which a model can be asked.
struct QualityItem {
  /// Scored: the model finds one of the continuations of `context` likelier than the others, or,
  /// where there is only one, each of its tokens the likeliest. None: cannot be asked this way.
  std::string context;
  std::vector<std::string> continuations;
  size_t right = 0;  ///< which of them

  /// Written: the model continues `prompt`, and its text is compared with `expected`.
  std::string prompt;
  std::string expected;
};

/// Questions of one data set.
struct QualitySet {
  std::string name;
  std::filesystem::path path;
  QualityKind kind = QualityKind::multiple_choice;
  size_t size = 0;  ///< questions there are
  int64_t shots = 0;
  std::string shots_path;  ///< file of the worked examples in each prompt; empty without any
  std::vector<QualityItem> items;  ///< those that are asked
  int64_t max_tokens = 0;          ///< of a written answer
  std::vector<std::string> stop;   ///< of a written answer
};

struct QualityOptions {
  int64_t samples = 100;  ///< a random subset of this many; 0: all
  uint64_t seed = 0;
  int64_t shots = -1;  ///< worked examples in each prompt; -1: what is usual for the set
};

/// Reads rows of JSON (plain or gzip) in one of three forms, told by their fields:
/// - "question", "choices", "answer" (a letter, a label of "labels", or an index): multiple choice,
///   with "subject" in MMLU's form (5 worked examples of the subject), else in ARC's (none);
/// - "question", "answer" with the result behind "####": GSM8K (5 worked examples);
/// - "text": LAMBADA.
/// The prompts are those of lm-evaluation-harness (arc_easy, mmlu, gsm8k, lambada_openai). Worked
/// examples come from the file of the same set in the same folder whose name has "dev" or "train".
/// @throws Error not_found, io, or invalid_input with the line at fault.
QualitySet read_quality_set(const std::string& name, const std::filesystem::path& path,
                            const QualityOptions& options);

/// `name` is a file, or the beginning of a file's name in one of `folders` or their folder "llm"
/// ("arc_easy", "mmlu", "gsm8k", "lambada"); one with "test" in it comes first.
/// @throws Error not_found.
std::filesystem::path find_quality_set(const std::string& name,
                                       const std::vector<std::filesystem::path>& folders);

/// Whether a written answer means `expected`: the first letter A, B, ... that stands alone; the
/// first word, whatever its case; the number behind "####", else the last one in the text.
bool is_right(QualityKind kind, const std::string& written, const std::string& expected);

}  // namespace jnlp
