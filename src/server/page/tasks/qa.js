import { element, percent } from "../dom.js";
import { segments } from "../spans.js";
import { startTaskForm } from "./task_form.js";

const kExamples = [
  {
    question: "Why is the water of the lake so clear?",
    context: "Lake Baikal 🌊 in Siberia is the deepest lake on Earth. Its water is so clear because tiny crustaceans eat algae " +
      "and bacteria. In winter the lake is frozen for five months, and trucks cross it on the ice.",
  },
  {
    question: "How long does the battery last?",
    context: "The scanner weighs 320 grams and reads 40 pages a minute. A charge takes two hours and lasts for about nine " +
      "hours of work. Three replacement rollers come in the box.",
  },
  {
    question: "Who built the bridge?",
    context: "The old bridge was built by Elena Martinez between 1871 and 1874. A flood took two of its arches in 1910; they " +
      "were put up again in concrete.",
  },
];

function shown(result, context) {
  const spans = result.answer ? [result] : [];
  return element("p", { class: "text" }, segments(context, spans).map((part) =>
    (part.span ? element("mark", { "data-colour": 1 }, part.text) : part.text)));
}

export function startQa(panel) {
  startTaskForm(panel, {
    name: "qa",
    path: "qa",
    examples: kExamples,
    body: ({ question, context, impossible }) =>
      ({ questions: [question], contexts: [context], handle_impossible_answer: impossible === "on" }),
    show: (result, { context }) => [
      element("p", { class: "score" }, `Score ${percent(result.score)}`),
      shown(result, context),
    ],
    words: (result) => result.answer || "No answer in this text",
  });
}
