// Lines over the last two minutes, drawn by uPlot where the program was built with it.

export const kSeconds = 120;
const kHeight = 120;

/** Whether there are charts at all. */
export const hasCharts = typeof globalThis.uPlot === "function";

// A canvas knows no CSS variables: an element's colour is asked when it is drawn.
function colour(place, variable) {
  return () => {
    place.style.color = `var(${variable})`;
    return getComputedStyle(place).color;
  };
}

function ago(seconds) {
  if (seconds === 0) return "now";
  return seconds === -60 ? "1 min ago" : "";
}

export class Chart {
  /**
   * @param place   element that the chart fills
   * @param series  {key, line: CSS variable of its colour, dash}
   * @param limit   least upper end of the scale
   */
  constructor(place, series, limit) {
    this.keys = series.map(({ key }) => key);
    const probe = document.createElement("span");
    place.append(probe);
    const axis = { stroke: colour(probe, "--muted"), font: "11px system-ui, sans-serif", ticks: { show: false } };
    const grid = { stroke: colour(probe, "--line"), width: 1 };
    this.plot = new uPlot({
      width: Math.max(place.clientWidth, 100),
      height: kHeight,
      pxAlign: false,
      legend: { show: false },
      cursor: { show: false },
      padding: [8, 16, 0, 0],
      scales: { x: { time: false, range: [-kSeconds, 0] }, y: { range: (_, _min, max) => [0, Math.max(limit, 1.15 * (max ?? 0))] } },
      axes: [
        { ...axis, size: 22, grid: { show: false }, splits: () => [-60, 0], values: (_, at) => at.map(ago) },
        { ...axis, size: 40, space: 32, grid },
      ],
      series: [{}, ...series.map(({ line, dash }) => ({
        stroke: colour(probe, line), width: 2, dash, points: { show: false }, spanGaps: false,
        fill: series.length === 1 ? colour(probe, `${line}-soft`) : undefined,
      }))],
    }, [[], ...this.keys.map(() => [])], place);
    new ResizeObserver(() => {
      if (place.clientWidth > 0) this.plot.setSize({ width: place.clientWidth, height: kHeight });
    }).observe(place);
  }

  /** `history`: [{time, key: value}], the newest last. */
  draw(history) {
    const now = history.at(-1)?.time ?? 0;
    this.plot.setData([history.map(({ time }) => time - now), ...this.keys.map((key) => history.map((row) => row[key]))]);
  }

  redraw() {
    this.plot.redraw(false, true);
  }
}
