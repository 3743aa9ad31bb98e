#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace jnlp {

/// One text with its class. The label stands as in the file ("0", "positive"), or is the class's
/// name where the data set's own description gives one.
struct ClassificationExample {
  std::string text;
  std::string label;
};

/// One sentence of words with an IOB2 tag ("O", "B-PER", "I-PER") for each.
struct NerExample {
  std::vector<std::string> words;
  std::vector<std::string> tags;
};

/// A reference answer.
struct QaAnswer {
  std::string text;
  /// Where `text` starts in the context, in code points; -1 when the file gives no place, or one at
  /// which the context holds another text.
  int64_t start = -1;
};

struct QaExample {
  std::string id;
  std::string question;
  std::string context;
  std::vector<QaAnswer> answers;  ///< empty exactly when is_impossible
  bool is_impossible = false;
};

/// A text with the summary that somebody wrote of it.
struct SummarizationExample {
  std::string id;
  std::string document;
  std::string summary;  ///< may have several lines, each a sentence (CNN/DailyMail)
};

/// What is said to a language model, with what its last answer must contain.
struct ChatExample {
  std::string id;
  std::string category;              ///< may be empty
  std::vector<std::string> turns;    ///< what the user says, one after the other; at least one
  std::vector<std::string> answers;  ///< any of them is right; empty when the file names none
  bool is_impossible = false;        ///< the file says that there is no answer: an empty list
  std::string source;                ///< "file#name" where documents say it; may be empty
};

/// How a file is laid out.
enum class DatasetFormat {
  automatic,   ///< told by name and content
  tsv,         ///< header line, tab between cells, no quoting (GLUE's form)
  csv,         ///< header line, RFC 4180
  jsonl,       ///< one JSON object per line
  json_array,  ///< one JSON array of objects, or an object with such an array under "data"
  conll,       ///< a word and its columns per line, blank line between sentences
  squad,       ///< SQuAD 1.1 or 2.0: data / paragraphs / qas
};

/// For example "jsonl".
std::string_view to_string(DatasetFormat format);
/// Inverse of to_string ("auto" is automatic). @throws Error invalid_input that lists the names.
DatasetFormat dataset_format_from(std::string_view name);

/// What to read of a file, where the guess is wrong. Column names match without regard to case.
struct ReadOptions {
  DatasetFormat format = DatasetFormat::automatic;
  /// Which split of a directory: "train", "validation", "test" or part of a file's name. Empty:
  /// validation, else test, else the only data file.
  std::string split;
  /// Column of the text. Empty: the first of text, sentence, review, content, ... that there is.
  std::string text_column;
  /// Column of the class. Empty: the first of label, labels, sentiment, class, ... that there is.
  std::string label_column;
  /// Column of the reference summary. Empty: the first of highlights, summary, ... that there is.
  std::string summary_column;
  /// CoNLL columns, counted from 1, or from the end with -1. 0 guesses: first and last (for
  /// GermEval's nested tags, the outer ones).
  int word_column = 0;
  int tag_column = 0;
  /// Names of integer labels or tags, in order. Empty: taken from the data set's README.md or
  /// dataset_infos.json where one is there.
  std::vector<std::string> label_names;
};

template <class Example>
struct Dataset {
  std::vector<std::filesystem::path> files;  ///< the files that were read (several for shards)
  DatasetFormat format = DatasetFormat::automatic;
  std::vector<Example> examples;
};

/// Reads a file, or the split of a directory in the layout of Hugging Face data sets; gzip is read
/// as it is. All five throw Error: not_found; io; unsupported for Parquet; invalid_input with file
/// and line (or the path inside a JSON document) for anything that is not as it should be: damaged
/// UTF-8, a missing column, a ragged row, a missing label, no examples at all.
Dataset<ClassificationExample> read_classification(const std::filesystem::path& path,
                                                   const ReadOptions& options = {});

/// CoNLL columns, or rows with arrays of words ("tokens" or "words") and tags ("ner_tags" or
/// "tags"). IOB1, IOBES and BILOU tags are turned into IOB2.
Dataset<NerExample> read_ner(const std::filesystem::path& path, const ReadOptions& options = {});

/// SQuAD JSON, or rows with "question", "context" and an answer: "answers" {"text": [],
/// "answer_start": []} as Hugging Face has it, or "answer" with "answer_start" (code points) or
/// "answer_tokens" (first and last token of the context split at single spaces).
Dataset<QaExample> read_qa(const std::filesystem::path& path, const ReadOptions& options = {});

/// Rows with a document ("article", "document", "dialogue", ... or options.text_column) and its
/// summary ("highlights", "summary", ... or options.summary_column): the forms of CNN/DailyMail,
/// XSum and SAMSum. Neither may be blank.
Dataset<SummarizationExample> read_summarization(const std::filesystem::path& path,
                                                 const ReadOptions& options = {});

/// Rows with what the user says ("turns", a list, as MT-Bench has it, or "question", "prompt" or
/// "text", as Vicuna's questions) and perhaps "answers", a list, or "answer"; "source" and
/// "category" too, where there are any.
Dataset<ChatExample> read_chat(const std::filesystem::path& path, const ReadOptions& options = {});

}  // namespace jnlp
