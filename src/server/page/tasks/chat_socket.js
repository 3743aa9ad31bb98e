// The conversation with the server's WebSocket /chat. The server keeps the conversation of a socket; when a socket was lost,
// the next turn brings the whole conversation along.
import { openSocket } from "../api.js";

export class ChatSocket {
  #socket = null;
  #handlers;

  /**
   * @param handlers
   *   onText(text)                  a piece of the answer
   *   onEnd({reason, usage})        the answer is over: "stop", "length" or "cancelled"
   *   onError(message, code)        the server refused
   *   onLost(wasOpen)               the connection ended, or never began
   */
  constructor(handlers) {
    this.#handlers = handlers;
  }

  get isOpen() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** `earlier`: the turns before this message, for a socket that does not know them yet. */
  send(message, earlier, options) {
    if (this.isOpen) {
      this.#send({ message, ...options });
      return;
    }
    const { system, ...others } = options;
    const first = earlier.length === 0;
    const messages = [...(system ? [{ role: "system", content: system }] : []), ...earlier, { role: "user", content: message }];
    this.#open(() => this.#send(first ? { message, ...options } : { messages, ...others }));
  }

  cancel() {
    if (this.isOpen) this.#send({ type: "cancel" });
  }

  reset() {
    if (this.isOpen) this.#send({ type: "reset" });
  }

  #send(object) {
    this.#socket.send(JSON.stringify(object));
  }

  #open(then) {
    const socket = openSocket("chat");
    let wasOpen = false;
    this.#socket = socket;
    socket.addEventListener("open", () => {
      wasOpen = true;
      then();
    });
    socket.addEventListener("message", ({ data }) => this.#read(data));
    socket.addEventListener("close", () => {
      this.#socket = null;
      this.#handlers.onLost(wasOpen);
    });
  }

  #read(data) {
    const frame = JSON.parse(data);
    if (frame.error) {
      this.#handlers.onError(frame.error.message, frame.error.code);
      return;
    }
    const choice = frame.choices?.[0];
    if (!choice) return;
    if (choice.delta?.content) this.#handlers.onText(choice.delta.content);
    if (choice.finish_reason) this.#handlers.onEnd({ reason: choice.finish_reason, usage: frame.usage });
  }
}
