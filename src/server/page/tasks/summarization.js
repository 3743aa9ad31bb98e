import { count, element } from "../dom.js";
import { segments } from "../spans.js";
import { startTaskForm } from "./task_form.js";

const kExamples = [
  {
    text: "The city council decided on Monday to close the old harbour road to cars. From May on, only buses, bicycles and " +
      "people on foot may use it. The road had been built in 1962, when the harbour still had its own steelworks. Shop owners " +
      "fear that customers will stay away. The council points to a trial last summer, in which sales rose by six percent. A " +
      "car park with 400 places will be built at the station. The first bus will leave there every five minutes. The council " +
      "expects the whole change to cost eleven million euros, most of it paid by the state.",
  },
  {
    text: "Bees find their way with the sun. They know where it stands even when clouds hide it, because the light of the sky " +
      "is polarized. When a bee has found flowers, she dances in the hive. The angle of her dance tells the others the " +
      "direction, and its length tells them how far they have to fly. Karl von Frisch found this out in the 1940s and was " +
      "given the Nobel Prize in 1973. Many of his colleagues did not believe him at first. Today small robots that dance like " +
      "bees can send real bees to a place.",
  },
];

const words = (text) => text.split(/\s+/u).filter(Boolean).length;

// A written summary has no sentences of the text to show.
function shown({ sentences }, text) {
  if (!sentences.length) return [];
  return [
    element("h3", {}, "Where it comes from"),
    element("p", { class: "text long" }, segments(text, sentences).map((part) =>
      (part.span ? element("mark", { "data-colour": 1 }, part.text) : part.text))),
  ];
}

function lengths({ summary, sentences, document_sentences: all }, text) {
  const [short, long] = [words(summary), words(text)];
  const share = `${short} of ${count(long, "word")} (${Math.round((100 * short) / Math.max(1, long))}\u00a0%)`;
  return sentences.length ? `${sentences.length} of ${count(all, "sentence")}, ${share}` : share;
}

export function startSummarization(panel) {
  startTaskForm(panel, {
    name: "summarization",
    path: "summarize",
    examples: kExamples,
    body: ({ text, sentences }) => ({ texts: [text], max_sentences: Number(sentences) }),
    show: (result, { text }) => [element("p", { class: "answer long" }, result.summary), ...shown(result, text)],
    words: (result, { text }) => lengths(result, text),
  });
}
