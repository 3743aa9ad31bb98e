// Which models the server has, from /health: asked often while they are being loaded, else now and then.
import { getJson } from "./api.js";

const kStates = {
  healthy: "Ready",
  loading: "Loading models",
  draining: "Shutting down",
  lost: "No connection",
};

/** "model": a task's model became known or changed. */
export const modelEvents = new EventTarget();
const models = new Map();
let isKnown = false;

/** {state, model, reason}; state "unknown" before the first answer, "missing" for a task without a model. */
export function modelOf(task) {
  if (!isKnown) return { state: "unknown" };
  return models.get(task) ?? { state: "missing", reason: "this server was started without a model for it" };
}

function say(state) {
  const line = document.getElementById("health");
  if (line.dataset.state === state) return;
  line.dataset.state = state;
  document.getElementById("health-text").textContent = kStates[state] ?? state;
}

async function look() {
  try {
    const health = await getJson("health");
    models.clear();
    for (const [task, model] of Object.entries(health.models)) models.set(task, model);
    isKnown = true;
    say(health.status);
    document.getElementById("version").textContent = `jetson-nlp ${health.version} (${health.commit})`;
    modelEvents.dispatchEvent(new Event("model"));
    return health.status;
  } catch {
    say("lost");
    return "lost";
  }
}

/** Asks now and from then on, as long as the page can be seen. */
export async function watchHealth() {
  const status = document.hidden ? "hidden" : await look();
  setTimeout(watchHealth, status === "loading" ? 500 : 5000);
}

/** Keeps a panel's notice and buttons in step with its task's model. */
export function followModel(panel, task) {
  const notice = panel.querySelector("[data-notice]");
  const submit = panel.querySelector("[type=submit]");
  function follow() {
    const { state, reason } = modelOf(task);
    const texts = {
      missing: `No model: ${reason}.`,
      loading: "The model is being loaded.",
      waiting: "The model will be loaded after the others.",
    };
    const text = texts[state] ?? "";
    if (notice.textContent !== text) notice.textContent = text;
    notice.hidden = text === "";
    submit.disabled = state !== "ready";
  }
  modelEvents.addEventListener("model", follow);
  follow();
}
