#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace jnlp {

/// Which of a model's labels each label of a data set is.
struct LabelMapping {
  std::map<std::string, size_t> model_index;  ///< by the data set's label
  std::string rule;                           ///< how it was found, for the report
};

/// Pairs the labels of a data set with those of a model: by name without regard to case ("neg" and
/// "negative" are one, and so on); else, where one side has only numbers (or "LABEL_<n>") and the
/// other speaks of polarities, by meaning (0 negative, 1 positive; of three, 1 is neutral); else by
/// number, if there are as many classes on both sides.
/// @throws Error invalid_input that lists both sides when none of these fits.
LabelMapping map_labels(const std::vector<std::string>& dataset_labels,
                        const std::vector<std::string>& model_labels);

}  // namespace jnlp
