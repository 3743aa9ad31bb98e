#include "evaluate/label_mapping.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/error.h"
#include "evaluate/datasets/source.h"

namespace jnlp {
namespace {

std::string canonical(const std::string& label) {
  std::string lower = ascii_lower(label);
  if (lower == "neg") return "negative";
  if (lower == "pos") return "positive";
  if (lower == "neu") return "neutral";
  return lower;
}

// "1", or "LABEL_1" as transformers names classes that nobody named.
std::optional<size_t> number_of(const std::string& label) {
  std::string lower = ascii_lower(label);
  if (lower.starts_with("label_")) lower.erase(0, 6);
  size_t value = 0;
  const auto [end, error] = std::from_chars(lower.data(), lower.data() + lower.size(), value);
  if (error != std::errc() || end != lower.data() + lower.size()) return std::nullopt;
  return value;
}

bool all_numbers(const std::vector<std::string>& labels) {
  return std::all_of(labels.begin(), labels.end(),
                     [](const std::string& label) { return number_of(label).has_value(); });
}

// What a number means by convention in data of 2 or 3 polarities.
std::vector<std::string> polarity_names(size_t classes) {
  if (classes == 3) return {"negative", "neutral", "positive"};
  return classes < 3 ? std::vector<std::string>{"negative", "positive"}
                     : std::vector<std::string>{};
}

bool are_polarities(const std::vector<std::string>& labels) {
  return std::all_of(labels.begin(), labels.end(), [](const std::string& label) {
    const std::string name = canonical(label);
    return name == "negative" || name == "neutral" || name == "positive";
  });
}

// Turns numbers into polarity names when the other side speaks of polarities.
std::vector<std::string> named(const std::vector<std::string>& labels,
                               const std::vector<std::string>& others) {
  if (!all_numbers(labels) || !are_polarities(others)) return labels;
  size_t greatest = 0;
  for (const std::string& label : labels) greatest = std::max(greatest, *number_of(label));
  const auto names = polarity_names(greatest + 1);
  if (names.empty()) return labels;
  std::vector<std::string> out;
  out.reserve(labels.size());
  for (const std::string& label : labels) out.push_back(names[*number_of(label)]);
  return out;
}

std::optional<LabelMapping> by_name(const std::vector<std::string>& dataset_labels,
                                    const std::vector<std::string>& dataset_names,
                                    const std::vector<std::string>& model_names) {
  LabelMapping mapping;
  for (size_t i = 0; i < dataset_labels.size(); ++i) {
    const auto found = std::find_if(
        model_names.begin(), model_names.end(),
        [&](const std::string& name) { return canonical(name) == canonical(dataset_names[i]); });
    if (found == model_names.end()) return std::nullopt;
    mapping.model_index[dataset_labels[i]] = static_cast<size_t>(found - model_names.begin());
  }
  return mapping;
}

std::optional<LabelMapping> by_number(const std::vector<std::string>& dataset_labels,
                                      size_t model_classes) {
  if (!all_numbers(dataset_labels)) return std::nullopt;
  LabelMapping mapping;
  size_t greatest = 0;
  for (const std::string& label : dataset_labels) {
    mapping.model_index[label] = *number_of(label);
    greatest = std::max(greatest, *number_of(label));
  }
  if (greatest + 1 != model_classes) return std::nullopt;
  return mapping;
}

std::string listed(const std::vector<std::string>& labels) {
  constexpr size_t kMost = 12;
  std::string text;
  for (size_t i = 0; i < std::min(labels.size(), kMost); ++i) {
    text += (i == 0 ? "" : ", ") + labels[i];
  }
  return labels.size() > kMost ? text + ", ..." : text;
}

}  // namespace

LabelMapping map_labels(const std::vector<std::string>& dataset_labels,
                        const std::vector<std::string>& model_labels) {
  const auto with_rule = [](std::optional<LabelMapping> mapping, const char* rule) {
    mapping->rule = rule;
    return *mapping;
  };
  if (auto found = by_name(dataset_labels, dataset_labels, model_labels)) {
    return with_rule(std::move(found), "by name");
  }
  const auto dataset_names = named(dataset_labels, model_labels);
  const auto model_names = named(model_labels, dataset_labels);
  if (auto found = by_name(dataset_labels, dataset_names, model_names)) {
    return with_rule(std::move(found), "by polarity: 0 is negative, the highest number positive");
  }
  if (auto found = by_number(dataset_labels, model_labels.size())) {
    return with_rule(std::move(found), "by number");
  }
  const std::string_view advice =
      all_numbers(dataset_labels) ? ", or name the numbers in order with --label-names" : "";
  throw Error(ErrorCode::invalid_input,
              fmt::format("the labels of the data set ({}) do not fit those of the model ({}); use "
                          "another model{}",
                          listed(dataset_labels), listed(model_labels), advice));
}

}  // namespace jnlp
