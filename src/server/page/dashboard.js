// Figures of the server each second: a number, a chart, and all of them as a table.
import { getText, keyEvents } from "./api.js";
import { Chart, hasCharts, kSeconds } from "./chart.js";
import { element } from "./dom.js";
import { figures, isRestart, Snapshot } from "./metrics.js";

const kEvery = 1000;
const kWindow = 10;  // seconds that percentiles and shares look back
const kRows = 10;    // of the table

// `headline` is the large number, `of` a figure that it cannot exceed; a card is left out while the server has no such figure, where it is `optional`.
const kCards = [
  { title: "Requests", unit: "/s", limit: 5, digits: 0, series: [
    { key: "requests", name: "answered", line: "--c1" }, { key: "errors", name: "refused or failed", line: "--c2", dash: [4, 4] }] },
  { title: "Latency", unit: "ms", limit: 10, digits: 1, headline: "p95", series: [
    { key: "p50", name: "p50", line: "--c1" }, { key: "p95", name: "p95", line: "--c3" }, { key: "p99", name: "p99", line: "--c2" }] },
  { title: "Texts in a batch", unit: "", limit: 2, digits: 1, series: [{ key: "batch", name: "mean", line: "--c1" }] },
  { title: "Queue", unit: "calls", limit: 4, digits: 0, series: [
    { key: "waiting", name: "wait for a batch", line: "--c1" }, { key: "running", name: "requests at work", line: "--c3" }] },
  { title: "Found in the cache", unit: "%", limit: 100, digits: 0, series: [{ key: "hits", name: "share", line: "--c1" }] },
  { title: "Processor", unit: "CPUs", limit: 1, digits: 2, of: "cpus", series: [{ key: "cpu", name: "busy", line: "--c1" }] },
  { title: "Memory", unit: "MB", limit: 100, digits: 0, series: [{ key: "memory", name: "resident", line: "--c1" }] },
  { title: "Connections", unit: "open", limit: 4, digits: 0, series: [
    { key: "connections", name: "all", line: "--c1" }, { key: "sockets", name: "chats", line: "--c3" }] },
  { title: "GPU", unit: "%", limit: 100, digits: 0, optional: true, series: [{ key: "gpu", name: "busy", line: "--c1" }] },
  { title: "Power", unit: "W", limit: 5, digits: 1, optional: true, series: [{ key: "watts", name: "drawn", line: "--c1" }] },
];

function shown(value, digits) {
  if (value === null || value === undefined) return "–";
  return value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

class Card {
  constructor(card) {
    this.card = card;
    this.headline = card.headline ?? card.series[0].key;
    this.number = element("span", { class: "number" }, "–");
    this.unit = element("span", {}, card.unit && ` ${card.unit}`);
    this.place = element("div", { class: "chart", role: "img" });
    const legend = card.series.length > 1 && element("ul", { class: "legend", "aria-hidden": "true" },
      card.series.map(({ name, line }) => element("li", {}, element("span", { class: "swatch", "data-line": line.slice(2) }), name)));
    this.node = element("section", { class: "card", hidden: card.optional === true, "aria-label": card.title },
      element("h3", {}, card.title),
      element("p", { class: "now" }, this.number, this.unit,
        card.headline && element("span", { class: "which" }, ` ${card.headline}`)),
      hasCharts && this.place, legend);
  }

  show(history) {
    const { card } = this;
    const now = history.at(-1);
    if (card.optional) this.node.hidden = now[this.headline] === null;
    if (this.node.hidden) return;
    this.number.textContent = shown(now[this.headline], card.digits);
    const most = now[card.of];
    if (most) this.unit.textContent = ` of ${most} ${card.unit}`;
    const words = card.series.map(({ key, name }) => `${name} ${shown(now[key], card.digits)} ${card.unit}`);
    this.place.setAttribute("aria-label", `${card.title} over two minutes. Now: ${words.join(", ")}`);
    if (!hasCharts) return;
    this.chart ??= new Chart(this.place, card.series, most ?? card.limit);
    this.chart.draw(history);
  }

  redraw() {
    this.chart?.redraw();
  }
}

function showTable(table, history) {
  const columns = kCards.flatMap(({ title, unit, digits, optional, series }) => series
    .filter(({ key }) => !optional || history.at(-1)[key] !== null)
    .map(({ key, name }) => ({ key, digits, title: `${title}: ${name}${unit && `, ${unit}`}` })));
  const head = element("tr", {}, element("th", { scope: "col" }, "Time"),
    columns.map(({ title }) => element("th", { scope: "col" }, title)));
  const rows = history.slice(-kRows).reverse().map((row) => element("tr", {},
    element("th", { scope: "row" }, new Date(row.clock).toLocaleTimeString("en", { hour12: false })),
    columns.map(({ key, digits }) => element("td", { class: "figure" }, shown(row[key], digits)))));
  table.replaceChildren(element("caption", { class: "unseen" }, "Figures of the last seconds, the newest first"),
    element("thead", {}, head), element("tbody", {}, rows));
}

/** Returns a function that is told whether the dashboard can be seen: it reads only then. */
export function startDashboard(panel) {
  const notice = panel.querySelector("[data-notice]");
  const table = document.getElementById("figures");
  const details = panel.querySelector("details");
  const pause = document.getElementById("pause");
  const cards = kCards.map((card) => new Card(card));
  let snapshots = [];
  let history = [];
  let isShown = false;
  let isPaused = false;
  let timer = 0;

  document.getElementById("cards").append(...cards.map(({ node }) => node));
  details.open = !hasCharts;

  function tell(words) {
    if (notice.textContent !== words) notice.textContent = words;
    notice.hidden = words === "";
  }

  function take(now) {
    const before = snapshots.at(-1);
    if (before && isRestart(before, now)) [snapshots, history] = [[], []];
    snapshots = [...snapshots.filter(({ time }) => time >= now.time - kWindow), now];
    if (snapshots.length < 2) return;
    history = [...history.filter(({ time }) => time >= now.time - kSeconds),
      { time: now.time, clock: Date.now(), ...figures(snapshots[0], snapshots.at(-2), now) }];
    for (const card of cards) card.show(history);
    if (details.open) showTable(table, history);
  }

  async function read() {
    try {
      take(new Snapshot(await getText("metrics"), performance.now() / 1000));
      tell(hasCharts ? "" : "This program was built without its charts; the table has the figures.");
    } catch (error) {
      tell(error.message);
    }
  }

  async function run() {
    if (!isRunning()) {
      timer = 0;
      return;
    }
    const start = performance.now();
    await read();
    timer = setTimeout(run, Math.max(100, kEvery - (performance.now() - start)));
  }

  const isRunning = () => isShown && !isPaused && !document.hidden;
  const follow = () => {
    if (isRunning() && timer === 0) {
      timer = -1;  // until the first reading has come
      run();
    }
  };

  pause.addEventListener("click", () => {
    isPaused = !isPaused;
    pause.setAttribute("aria-pressed", String(isPaused));
    follow();
  });
  details.addEventListener("toggle", () => details.open && history.length && showTable(table, history));
  addEventListener("themechange", () => cards.forEach((card) => card.redraw()));
  document.addEventListener("visibilitychange", follow);
  keyEvents.addEventListener("given", follow);
  return (nowShown) => {
    isShown = nowShown;
    follow();
  };
}
