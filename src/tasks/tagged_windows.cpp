#include "tasks/tagged_windows.h"

#include <deque>
#include <utility>

#include "tasks/score_function.h"

namespace jnlp {
namespace {

void apply_softmax(Output* scores) {
  const std::span<float> values = scores->values;
  for (int64_t row = 0; row < scores->rows; ++row) {
    apply_score_function(ScoreFunction::softmax,
                         values.subspan(row * scores->columns, scores->columns));
  }
}

}  // namespace

void tag_windows(const LoadedModel& model, std::span<const std::string> texts,
                 const WindowOptions& options,
                 const std::function<void(const TaggedWindow&)>& take) {
  const EncodeOptions encode{.max_length = options.max_length, .stride = options.stride};
  std::deque<TaggedWindow> waiting;  // in a batch that has not run
  int64_t done = 0;
  const auto take_scores = [&](Output scores) {
    TaggedWindow window = std::move(waiting.front());
    waiting.pop_front();
    window.scores = std::move(scores);
    apply_softmax(&window.scores);
    take(window);
    ++done;
    if (options.progress) options.progress(done, window.windows);
    if (done == window.windows) done = 0;
  };
  BatchRunner runner(*model.backend, options.batch, take_scores);
  for (size_t i = 0; i < texts.size(); ++i) {
    std::vector<Encoding> windows = model.tokenizer->encode_windows(texts[i], std::nullopt, encode);
    put_in_text_order(0, &windows);
    const std::vector<WindowShare> shares = divide_by_context(windows, options.stride, 0);
    const auto count = static_cast<int64_t>(windows.size());
    for (size_t w = 0; w < windows.size(); ++w) {
      // The runner may hand out what waits before it takes the window at hand.
      runner.add(windows[w]);
      waiting.push_back({.text = i,
                         .encoding = std::move(windows[w]),
                         .share = shares[w],
                         .windows = count,
                         .scores = {}});
    }
  }
  runner.finish();
}

}  // namespace jnlp
