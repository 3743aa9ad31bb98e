// Puts the page together.
import { keyEvents, setKey } from "./api.js";
import { startDashboard } from "./dashboard.js";
import { watchHealth } from "./health.js";
import { startTabs } from "./tabs.js";
import { startChat } from "./tasks/chat.js";
import { startNer } from "./tasks/ner.js";
import { startQa } from "./tasks/qa.js";
import { startSentiment } from "./tasks/sentiment.js";
import { startSummarization } from "./tasks/summarization.js";

function startKeyForm() {
  const form = document.getElementById("key-form");
  const field = document.getElementById("key");
  keyEvents.addEventListener("needed", () => {
    if (!form.hidden) return;
    form.hidden = false;
    field.focus();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    form.hidden = true;
    setKey(field.value.trim());
    field.value = "";
    document.querySelector("[role=tab][aria-selected=true]").focus();
  });
}

startKeyForm();
startSentiment(document.getElementById("sentiment"));
startNer(document.getElementById("ner"));
startQa(document.getElementById("qa"));
startSummarization(document.getElementById("summarization"));
startChat(document.getElementById("chat"));
const showDashboard = startDashboard(document.getElementById("dashboard"));
startTabs(document.querySelector("[role=tablist]"), (name) => showDashboard(name === "dashboard"));
watchHealth();
