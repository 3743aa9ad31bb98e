#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "base/utf8.h"
#include "cli/commands.h"
#include "cli/tokenize_conformance.h"
#include "hub/hub.h"
#include "tokenize/tokenizer.h"

namespace jnlp {
namespace {

struct TokenizeArguments {
  std::string tokenizer;
  std::vector<std::string> texts;
  std::string file;
  std::string pair;
  bool has_pair = false;
  bool json = false;
  bool jsonl_input = false;
  bool windows = false;
  bool keep_going = false;
  bool decode = false;
  bool no_special_tokens = false;
  std::string strategy = "longest_first";
  std::string conformance;
  std::string conformance_texts;
  EncodeOptions options;
};

struct Input {
  std::string text;
  std::optional<std::string> pair;
};

Tokenizer load(const std::string& name) {
  if (std::filesystem::is_regular_file(name)) return Tokenizer::from_file(name);
  return Tokenizer::from_directory(resolve_model(name));
}

template <typename Value>
OrderedJson to_list(const std::vector<Value>& values) {
  OrderedJson list = OrderedJson::array();
  for (const Value& value : values) list.push_back(value);
  return list;
}

// For special tokens (-1) null, as Hugging Face writes it.
OrderedJson to_optional_list(const std::vector<int32_t>& values) {
  OrderedJson list = OrderedJson::array();
  for (const int32_t value : values) list.push_back(value < 0 ? OrderedJson() : OrderedJson(value));
  return list;
}

OrderedJson to_json(const Tokenizer& tokenizer, const Encoding& encoding, const Input& input) {
  const CodePointIndex first(input.text);
  const CodePointIndex second(input.pair.value_or(""));
  OrderedJson tokens = OrderedJson::array();
  OrderedJson offsets = OrderedJson::array();
  OrderedJson bytes = OrderedJson::array();
  for (size_t i = 0; i < encoding.size(); ++i) {
    const TextSpan span = encoding.offsets[i];
    const CodePointIndex& index = encoding.sequence_ids[i] == 1 ? second : first;
    tokens.push_back(tokenizer.id_to_token(encoding.ids[i]));
    offsets.push_back({index.code_point_offset(span.begin), index.code_point_offset(span.end)});
    bytes.push_back({span.begin, span.end});
  }
  OrderedJson json;
  json["ids"] = to_list(encoding.ids);
  json["tokens"] = std::move(tokens);
  json["offsets"] = std::move(offsets);
  json["byte_offsets"] = std::move(bytes);
  json["type_ids"] = to_list(encoding.type_ids);
  json["word_ids"] = to_optional_list(encoding.word_ids);
  json["sequence_ids"] = to_optional_list(encoding.sequence_ids);
  json["special_tokens_mask"] = to_list(encoding.special_tokens_mask);
  return json;
}

std::string visible(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else {
      out.push_back(c);
    }
  }
  return out;
}

void print_table(const Tokenizer& tokenizer, const Encoding& encoding, const Input& input) {
  const CodePointIndex first(input.text);
  const CodePointIndex second(input.pair.value_or(""));
  fmt::print("{:>5}  {:<24}{:>8}  {:>13}  {:>4}  {:>4}  {}\n", "#", "token", "id", "characters",
             "word", "type", "text");
  for (size_t i = 0; i < encoding.size(); ++i) {
    const bool in_second = encoding.sequence_ids[i] == 1;
    const std::string_view text = in_second ? std::string_view(*input.pair) : input.text;
    const CodePointIndex& index = in_second ? second : first;
    const TextSpan span = encoding.offsets[i];
    const bool special = encoding.special_tokens_mask[i] != 0;
    fmt::print("{:>5}  {:<24}{:>8}  {:>13}  {:>4}  {:>4}  {}\n", i,
               visible(tokenizer.id_to_token(encoding.ids[i])), encoding.ids[i],
               special ? "-"
                       : fmt::format("{}-{}", index.code_point_offset(span.begin),
                                     index.code_point_offset(span.end)),
               special ? "-" : fmt::format("{}", encoding.word_ids[i]), encoding.type_ids[i],
               visible(text.substr(span.begin, span.end - span.begin)));
  }
}

void show(const Tokenizer& tokenizer, const TokenizeArguments& arguments, const Input& input) {
  std::vector<Encoding> encodings;
  if (arguments.windows) {
    std::optional<std::string_view> pair;
    if (input.pair) pair = *input.pair;
    encodings = tokenizer.encode_windows(input.text, pair, arguments.options);
  } else if (input.pair) {
    encodings.push_back(tokenizer.encode_pair(input.text, *input.pair, arguments.options));
  } else {
    encodings.push_back(tokenizer.encode(input.text, arguments.options));
  }
  if (!arguments.json) {
    for (const Encoding& encoding : encodings) print_table(tokenizer, encoding, input);
    return;
  }
  OrderedJson json = to_json(tokenizer, encodings[0], input);
  if (arguments.decode) json["decoded"] = tokenizer.decode(encodings[0].ids);
  if (arguments.windows) {
    OrderedJson rest = OrderedJson::array();
    for (size_t i = 1; i < encodings.size(); ++i) {
      rest.push_back(to_json(tokenizer, encodings[i], input));
    }
    json["overflowing"] = std::move(rest);
  }
  fmt::print("{}\n", dump_json(json));
}

Input parse_line(const std::string& line, const TokenizeArguments& arguments) {
  Input input;
  if (arguments.has_pair) input.pair = arguments.pair;
  if (!arguments.jsonl_input) {
    input.text = line;
    return input;
  }
  const Json json = parse_json(line, "an input line");
  if (!json.is_object() || !json.contains("text") || !json["text"].is_string()) {
    throw Error(ErrorCode::invalid_input, "an input line has no \"text\"");
  }
  input.text = json["text"].get<std::string>();
  if (json.contains("pair") && json["pair"].is_string()) {
    input.pair = json["pair"].get<std::string>();
  }
  return input;
}

void tokenize_inputs(const TokenizeArguments& arguments) {
  const Tokenizer tokenizer = load(arguments.tokenizer);
  if (!arguments.conformance.empty()) {
    run_conformance(tokenizer, arguments.conformance, arguments.conformance_texts);
    return;
  }
  for (const std::string& text : arguments.texts) {
    Input input{text, std::nullopt};
    if (arguments.has_pair) input.pair = arguments.pair;
    show(tokenizer, arguments, input);
  }
  if (!arguments.file.empty() && !arguments.jsonl_input) {
    Input input{read_file(arguments.file), std::nullopt};
    if (arguments.has_pair) input.pair = arguments.pair;
    show(tokenizer, arguments, input);
    return;
  }
  if (!arguments.texts.empty()) return;
  std::ifstream file(arguments.file);
  std::istream& lines = arguments.file.empty() ? std::cin : file;
  if (!lines) throw Error(ErrorCode::not_found, "cannot read " + arguments.file);
  for (std::string line; std::getline(lines, line);) {
    try {
      show(tokenizer, arguments, parse_line(line, arguments));
    } catch (const Error& error) {
      if (!arguments.keep_going) throw;
      fmt::print("{}\n", dump_json(OrderedJson{{"error", error.what()}}));
    }
  }
}

}  // namespace

void add_tokenize_command(CLI::App& app) {
  const auto arguments = std::make_shared<TokenizeArguments>();
  CLI::App* command = app.add_subcommand("tokenize", "Show tokens, ids and offsets of a text");
  command
      ->add_option("-t,--tokenizer,--model", arguments->tokenizer,
                   "Model name, directory or tokenizer file")
      ->required();
  command->add_option("text", arguments->texts, "Texts; without any, lines of standard input");
  command->add_option("-f,--file", arguments->file,
                      "A file that is one text (with --jsonl: lines)");
  command->add_flag("--jsonl", arguments->jsonl_input,
                    "Input lines are JSON: {\"text\": ..., \"pair\": ...}");
  auto* pair = command->add_option("--pair", arguments->pair, "Second text of a pair");
  command->add_flag("--json", arguments->json, "One JSON object a text instead of a table");
  command->add_flag("--decode", arguments->decode,
                    "With --json: also the text that the ids decode to, special tokens left out");
  command->add_flag("--keep-going", arguments->keep_going,
                    "Answer a line that fails with {\"error\": ...} and go on");
  auto* max_length =
      command->add_option("--max-length", arguments->options.max_length,
                          "Greatest number of tokens, special ones included; 0 for no limit");
  max_length->check(CLI::NonNegativeNumber);
  command
      ->add_option("--stride", arguments->options.stride,
                   "Cut into windows that share so many tokens instead of dropping the rest")
      ->needs(max_length)
      ->check(CLI::NonNegativeNumber);
  command->add_option("--truncation", arguments->strategy, "Which text of a pair is cut")
      ->check(CLI::IsMember({"longest_first", "only_first", "only_second"}));
  command->add_flag("--no-special-tokens", arguments->no_special_tokens,
                    "Leave out [CLS], [SEP] and their like");
  auto* conformance = command->add_option(
      "--conformance", arguments->conformance,
      "Compare with expected ids: JSON lines of {\"text\", \"ids\"[, \"offsets\"]}, or of lists of "
      "ids with --texts; gzip is read too");
  command
      ->add_option("--texts", arguments->conformance_texts,
                   "Texts for --conformance when its lines are lists: JSON lines of {\"text\"}")
      ->needs(conformance);
  command->footer(
      "Examples:\n"
      "  jetson-nlp tokenize -t model-dir \"A text.\"\n"
      "  jetson-nlp tokenize -t tokenizer.json --json --max-length 128 --stride 32 -f article.txt\n"
      "  jetson-nlp tokenize -t tokenizer.json --conformance expected.jsonl");
  command->callback([arguments, command, pair] {
    arguments->has_pair = pair->count() > 0;
    arguments->windows = command->get_option("--stride")->count() > 0;
    arguments->options.add_special_tokens = !arguments->no_special_tokens;
    if (arguments->strategy == "only_first") {
      arguments->options.strategy = TruncationStrategy::only_first;
    } else if (arguments->strategy == "only_second") {
      arguments->options.strategy = TruncationStrategy::only_second;
    }
    tokenize_inputs(*arguments);
  });
}

}  // namespace jnlp
