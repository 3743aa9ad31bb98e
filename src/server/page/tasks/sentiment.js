import { element, percent } from "../dom.js";
import { startTaskForm } from "./task_form.js";

const kExamples = [
  { text: "I love this product! It arrived early, it works, and it makes the whole family laugh." },
  { text: "The screen is fine, but the battery was flat after an hour and nobody answered my letters." },
  { text: "A slow film with a weak plot, saved by two wonderful actors 🎭 and a score that I cannot forget." },
];

// Colour helps where a label's name says what it means; the label itself is always there in words.
function moodOf(label) {
  if (/^pos/i.test(label)) return "good";
  if (/^neg/i.test(label)) return "bad";
  return "plain";
}

function bar({ label, score }) {
  const fill = element("span", { class: "fill" });
  fill.style.width = `${100 * score}%`;
  return element("li", { "data-mood": moodOf(label) }, element("span", { class: "name" }, label),
    element("span", { class: "figure" }, percent(score)), element("span", { class: "bar", "aria-hidden": "true" }, fill));
}

export function startSentiment(panel) {
  startTaskForm(panel, {
    name: "sentiment",
    path: "sentiment",
    examples: kExamples,
    body: ({ text }) => ({ texts: [text], top_k: 0 }),
    show: (result) => [element("ul", { class: "bars" }, result.labels.map(bar))],
    words: (result) => `${result.label}, ${percent(result.score)}`,
  });
}
