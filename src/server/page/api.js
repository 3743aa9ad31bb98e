// Requests to the server that the page came from, and the key that it may want.

const kStored = "jetson-nlp.key";
let key = null;
try {
  key = sessionStorage.getItem(kStored);
} catch {
  // A browser may forbid storage: the key lasts as long as the page then.
}

/** "needed" when the server wants a key or another one; "given" when there is one to try. */
export const keyEvents = new EventTarget();

export function setKey(value) {
  key = value;
  try {
    sessionStorage.setItem(kStored, value);
  } catch {
    // as above
  }
  keyEvents.dispatchEvent(new Event("given"));
}

/** What went wrong, in words for people. status 0: no answer came. */
export class ApiError extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

function inWords(status, said, retryAfter) {
  const again = retryAfter ? ` Try again in ${retryAfter} s.` : "";
  switch (status) {
    case 401: return key ? "The server does not know this API key." : "The server wants an API key: enter it above.";
    case 413: return "The text is too long for this server.";
    case 429: return `Too many requests: ${said}.${again}`;
    case 501: return `This server cannot do that: ${said}.`;
    case 503: return `The server is busy: ${said}.${again}`;
    case 504: return "The server did not finish in time.";
    default: return said ? `The server refused (${status}): ${said}.` : `The server answered ${status}.`;
  }
}

async function failure(response) {
  let said = "";
  try {
    said = (await response.json()).error.message.replace(/\.$/, "");
  } catch {
    // Not the server's own answer, perhaps a proxy's: the status must do.
  }
  if (response.status === 401) keyEvents.dispatchEvent(new Event("needed"));
  return new ApiError(inWords(response.status, said, response.headers.get("retry-after")), response.status);
}

async function ask(path, options) {
  const headers = { ...options.headers };
  if (key) headers.authorization = `Bearer ${key}`;
  let response;
  try {
    response = await fetch(path, { ...options, headers });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError("The server cannot be reached.", 0);
  }
  if (!response.ok) throw await failure(response);
  return response;
}

export async function getJson(path) {
  return (await ask(path, {})).json();
}

export async function getText(path) {
  return (await ask(path, {})).text();
}

export async function postJson(path, body, signal) {
  const options = { method: "POST", signal, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  return (await ask(path, options)).json();
}

/**
 * A WebSocket to the server. Browsers let a page set no headers of it, and a key in a URL would end up in logs: it goes as a
 * subprotocol's name, in hex, beside the one that the server chooses.
 */
export function openSocket(path) {
  const url = new URL(path, document.baseURI);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  if (!key) return new WebSocket(url);
  const hex = Array.from(new TextEncoder().encode(key), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return new WebSocket(url, ["jetson-nlp", `jetson-nlp.key.${hex}`]);
}
