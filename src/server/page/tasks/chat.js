// The chat: what was said, the answer as it is written, Stop, and a conversation from the start.
import { getText } from "../api.js";
import { count, element } from "../dom.js";
import { followModel, modelEvents, modelOf } from "../health.js";
import { ChatSocket } from "./chat_socket.js";

const kEnds = { length: "cut at the limit of tokens", cancelled: "stopped" };

export function startChat(panel) {
  const form = panel.querySelector("form");
  const log = document.getElementById("chat-log");
  const status = document.getElementById("chat-status");
  const send = form.querySelector("[type=submit]");
  const stop = document.getElementById("chat-stop");
  const text = form.elements.text;
  const empty = log.firstElementChild;
  let turns = [];     // {role, content} as the server has them
  let answer = null;  // being written: {content, bubble, body, start, first}

  const socket = new ChatSocket({ onText, onEnd, onError, onLost });

  function say(words, isError = false) {
    status.textContent = words;
    status.classList.toggle("error", isError);
  }

  function follow() {
    send.disabled = answer !== null || modelOf("chat").state !== "ready";
    stop.disabled = answer === null;
  }

  function scrollDown() {
    log.scrollTop = log.scrollHeight;
  }

  function addBubble(role, content) {
    empty.remove();
    const body = element("div", { class: "body" }, content);
    const bubble = element("article", { class: `bubble ${role}` },
      element("h3", { class: "who" }, role === "user" ? "You" : "Model"), body);
    log.append(bubble);
    scrollDown();
    return { bubble, body };
  }

  function submit() {
    const message = text.value.trim();
    if (answer !== null || message === "" || send.disabled || !form.reportValidity()) return;
    const options = { max_tokens: Number(form.elements.max_tokens.value),
      temperature: Number(form.elements.temperature.value) };
    const system = form.elements.system.value.trim();
    if (system && (turns.length === 0 || !socket.isOpen)) options.system = system;
    addBubble("user", message);
    answer = { content: "", message, start: performance.now(), first: 0, ...addBubble("assistant", "") };
    answer.bubble.setAttribute("aria-busy", "true");
    text.value = "";
    say("The model is writing …");
    follow();
    socket.send(message, turns, options);
  }

  function onText(piece) {
    if (answer === null) return;
    answer.first ||= performance.now();
    answer.content += piece;
    const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
    answer.body.append(piece);
    if (isAtEnd) scrollDown();
  }

  // The answer is over, whole or not.
  function close(note) {
    answer.bubble.removeAttribute("aria-busy");
    answer.bubble.append(element("p", { class: "facts" }, note));
    scrollDown();
    answer = null;
    follow();
    text.focus();
  }

  function onEnd({ reason, usage }) {
    if (answer === null) return;
    turns.push({ role: "user", content: answer.message }, { role: "assistant", content: answer.content });
    const seconds = (performance.now() - (answer.first || answer.start)) / 1000;
    const tokens = usage?.completion_tokens;
    const facts = [kEnds[reason], tokens && count(tokens, "token"),
      tokens > 1 && seconds > 0 && `${((tokens - 1) / seconds).toFixed(1)} tokens/s`];
    // Read out as a whole, not piece by piece.
    say(reason === "cancelled" ? "Stopped." : `The model said: ${answer.content}`);
    close(facts.filter(Boolean).join(" · "));
  }

  function onError(message, code) {
    say(`The server refused: ${message}`, true);
    if (answer !== null && code !== "busy") close("no answer");
  }

  // A failed handshake tells a page nothing: a plain request shows why.
  async function onLost(wasOpen) {
    if (wasOpen) {
      if (answer !== null) say("The connection was lost. The next message takes the conversation up again.", true);
    } else {
      try {
        await getText("chat");
        say("The connection for the chat cannot be opened.", true);
      } catch (error) {
        const words = { 401: error.message, 404: "This server has no chat.", 0: error.message };
        say(words[error.status] ?? "The connection for the chat cannot be opened.", true);
      }
    }
    if (answer !== null) close("no whole answer");
  }

  document.getElementById("chat-new").addEventListener("click", () => {
    if (answer !== null) {
      socket.cancel();
      close("stopped");
    }
    socket.reset();
    turns = [];
    log.replaceChildren(empty);
    say("A new conversation.");
    text.focus();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  stop.addEventListener("click", () => socket.cancel());
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      submit();
    } else if (event.key === "Escape" && answer !== null) {
      socket.cancel();
    }
  });
  followModel(panel, "chat");
  modelEvents.addEventListener("model", follow);
  follow();
}
