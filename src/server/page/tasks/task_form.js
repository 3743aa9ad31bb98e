// What the forms of the tasks share: one question at a time, its answer or what went wrong, and how long it took.
import { followModel } from "../health.js";
import { postJson } from "../api.js";
import { count, element } from "../dom.js";

function facts(result, model, milliseconds) {
  return element("p", { class: "facts" }, [
    `${Math.max(1, Math.round(milliseconds))} ms`,
    count(result.tokens, "token"),
    result.truncated && "cut at the model's limit",
    result.windows > 1 && `read in ${count(result.windows, "part")}`,
    `model ${model}`,
  ].filter(Boolean).join(" · "));
}

function startExamples(form, examples) {
  let next = 0;
  const fill = () => {
    for (const [name, value] of Object.entries(examples[next])) form.elements[name].value = value;
    next = (next + 1) % examples.length;
  };
  form.querySelector("[data-example]").addEventListener("click", fill);
  fill();
}

/**
 * @param {HTMLElement} panel with a form, [data-status] and [data-output]
 * @param {object} task
 *   name       of the model in /health
 *   path       of the route
 *   examples   values of the form's fields, by name
 *   body       (fields) => the request's body, for one text
 *   show       (result, fields) => elements to show
 *   words      (result, fields) => the result in a line, which is read out
 */
export function startTaskForm(panel, task) {
  const form = panel.querySelector("form");
  const status = panel.querySelector("[data-status]");
  const output = panel.querySelector("[data-output]");
  let running = null;

  async function submit(event) {
    event.preventDefault();
    running?.abort();
    const mine = new AbortController();
    running = mine;
    const fields = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, value.toWellFormed?.() ?? value]));
    status.textContent = "Working …";
    status.classList.remove("error");
    output.setAttribute("aria-busy", "true");
    const start = performance.now();
    try {
      const { results: [result], model } = await postJson(task.path, task.body(fields), mine.signal);
      output.replaceChildren(...task.show(result, fields), facts(result, model, performance.now() - start));
      status.textContent = task.words(result, fields);
    } catch (error) {
      if (error.name === "AbortError") return;
      output.replaceChildren();
      status.classList.add("error");
      status.textContent = error.message;
    }
    output.removeAttribute("aria-busy");
  }

  form.addEventListener("submit", submit);
  form.addEventListener("keydown", (event) => {
    const isSubmit = event.key === "Enter" && (event.ctrlKey || event.metaKey);
    if (isSubmit && !form.querySelector("[type=submit]").disabled) form.requestSubmit();
  });
  startExamples(form, task.examples);
  followModel(panel, task.name);
}
