import { element, percent } from "../dom.js";
import { segments } from "../spans.js";
import { startTaskForm } from "./task_form.js";

const kExamples = [
  { text: "Ada Lovelace met Charles Babbage in London in 1833 and wrote the first program for his Analytical Engine." },
  { text: "🚀 NASA and the European Space Agency launched the James Webb telescope from Kourou in French Guiana." },
  { text: "Angela Merkel visited the Volkswagen factory in Wolfsburg before she flew to Paris to meet Emmanuel Macron." },
];
const kNames = { PER: "Person", ORG: "Organization", LOC: "Place", MISC: "Other name" };
const kColours = { PER: 1, ORG: 2, LOC: 3, MISC: 4 };

// Labels that we do not know get one of the colours, always the same.
function colourOf(label) {
  return kColours[label] ?? (Array.from(label).reduce((sum, letter) => sum + letter.codePointAt(0), 0) % 6) + 1;
}

function marked(text, entities) {
  return element("p", { class: "text" }, segments(text, entities).map((part) => {
    if (!part.span) return part.text;
    const { label, score } = part.span;
    return element("mark", { "data-colour": colourOf(label), title: `${kNames[label] ?? label}, ${percent(score)}` },
      part.text, element("span", { class: "tag" }, label));
  }));
}

function legend(entities) {
  const labels = [...new Set(entities.map((entity) => entity.label))].sort();
  return element("ul", { class: "legend", "aria-label": "Kinds of entities" }, labels.map((label) =>
    element("li", {}, element("span", { class: "swatch", "data-colour": colourOf(label), "aria-hidden": "true" }),
      `${kNames[label] ?? label}: ${entities.filter((entity) => entity.label === label).length}`)));
}

function table(entities) {
  const row = ({ text, label, score }) => element("tr", {},
    element("th", { scope: "row" }, text), element("td", {}, kNames[label] ?? label),
    element("td", { class: "figure" }, percent(score)));
  return element("table", {}, element("caption", { class: "unseen" }, "Entities in the order of the text"),
    element("thead", {}, element("tr", {}, ["Entity", "Kind", "Score"].map((name) =>
      element("th", { scope: "col", class: name === "Score" && "figure" }, name)))),
    element("tbody", {}, entities.map(row)));
}

export function startNer(panel) {
  startTaskForm(panel, {
    name: "ner",
    path: "ner",
    examples: kExamples,
    body: ({ text }) => ({ texts: [text] }),
    show: ({ entities }, { text }) => [marked(text, entities), ...(entities.length ? [legend(entities), table(entities)] : [])],
    words: ({ entities }) => (entities.length === 1 ? "1 entity" : `${entities.length || "No"} entities`),
  });
}
