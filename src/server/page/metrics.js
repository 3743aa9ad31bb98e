// Figures from Prometheus' text: a snapshot is one reading of /metrics, and figures come from the difference of two.

const kSeries = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)/;
const kLabel = /(\w+)="((?:[^"\\]|\\.)*)"/g;
const kPrefix = "jetson_nlp_";
// What nobody asks of the models.
const kNotTasks = new Set(["/", "/health", "/livez", "/readyz", "/metrics", "other"]);
// Sockets stay open for as long as people talk: how long says nothing.
const kNotTimed = new Set([...kNotTasks, "/chat"]);

/** Series by name: Map of name -> [{labels, value}]. What is no series is left out. */
export function parse(text) {
  const series = new Map();
  for (const line of text.split("\n")) {
    const match = line.startsWith("#") ? null : kSeries.exec(line);
    if (!match) continue;
    const labels = {};
    for (const [, name, value] of (match[2] ?? "").matchAll(kLabel)) {
      labels[name] = value.replace(/\\(.)/g, (_, letter) => (letter === "n" ? "\n" : letter));
    }
    if (!series.has(match[1])) series.set(match[1], []);
    series.get(match[1]).push({ labels, value: Number(match[3].replace("Inf", "Infinity")) });
  }
  return series;
}

export class Snapshot {
  /** `time` in seconds. */
  constructor(text, time) {
    this.time = time;
    this.series = parse(text);
  }

  /** Sum of a name's series whose labels `keep` accepts; null when there is no such name. */
  sum(name, keep = () => true) {
    const found = this.series.get(kPrefix + name);
    return found ? found.filter(({ labels }) => keep(labels)).reduce((sum, { value }) => sum + value, 0) : null;
  }

  /** A histogram's counts of values up to a bound, over all series that `keep` accepts: Map of bound -> count. */
  buckets(name, keep) {
    const counts = new Map();
    for (const { labels, value } of this.series.get(`${kPrefix}${name}_bucket`) ?? []) {
      if (!keep(labels)) continue;
      const bound = Number(labels.le.replace("Inf", "Infinity"));
      counts.set(bound, (counts.get(bound) ?? 0) + value);
    }
    return counts;
  }
}

function difference(before, after, name, keep) {
  const [old, now] = [before.sum(name, keep), after.sum(name, keep)];
  return old === null || now === null ? null : now - old;
}

/**
 * The value below which a share of the values between two snapshots lies, as Prometheus' histogram_quantile estimates it:
 * evenly spread within a bucket. Null without values.
 */
export function quantile(share, before, after, name, keep) {
  const old = before.buckets(name, keep);
  const counts = [...after.buckets(name, keep)].sort(([a], [b]) => a - b).map(([bound, value]) => [bound, value - (old.get(bound) ?? 0)]);
  const total = counts.at(-1)?.[1] ?? 0;
  if (total <= 0) return null;
  const rank = share * total;
  let [lower, below] = [0, 0];
  for (const [bound, upTo] of counts) {
    if (upTo >= rank) {
      if (bound === Infinity) return lower;
      return lower + (bound - lower) * ((rank - below) / Math.max(upTo - below, Number.MIN_VALUE));
    }
    [lower, below] = [bound, upTo];
  }
  return lower;
}

const isTask = ({ route }) => !kNotTasks.has(route);
const isTimed = ({ route }) => !kNotTimed.has(route);
const isError = ({ route, code }) => isTask({ route }) && !/^[23]/.test(code);
// Parts are in a total already.
const isWhole = ({ scope }) => scope !== "part";
const times = (factor, value) => (value === null ? null : factor * value);

/** Figures of the time between `before` and `now`; percentiles since `earlier`, as one second holds few values. */
export function figures(earlier, before, now) {
  const seconds = now.time - before.time;
  const rate = (name, keep) => times(1 / seconds, difference(before, now, name, keep));
  const percentile = (share) => times(1000, quantile(share, earlier, now, "request_seconds", isTimed));
  const batches = difference(earlier, now, "batch_sequences_count");
  const hits = difference(earlier, now, "cache_hits_total");
  const asked = hits + difference(earlier, now, "cache_misses_total");
  const watts = now.sum("power_watts", isWhole) ?? rate("energy_joules_total", isWhole);
  return {
    requests: rate("requests_total", isTask),
    errors: rate("requests_total", isError),
    p50: percentile(0.5),
    p95: percentile(0.95),
    p99: percentile(0.99),
    batch: batches > 0 ? difference(earlier, now, "batch_sequences_sum") / batches : null,
    waiting: now.sum("queue_calls"),
    running: now.sum("requests_in_flight"),
    hits: asked > 0 ? (100 * hits) / asked : null,
    cpu: rate("cpu_seconds_total"),
    cpus: now.sum("usable_cpus"),
    memory: times(1e-6, now.sum("resident_bytes")),
    connections: now.sum("connections"),
    sockets: now.sum("web_sockets"),
    watts,
    gpu: times(100, now.sum("gpu_busy_ratio")),
  };
}

/** Whether the server was started anew between two snapshots: its counters begin at 0 then. */
export function isRestart(before, now) {
  return now.sum("cpu_seconds_total") < before.sum("cpu_seconds_total");
}
