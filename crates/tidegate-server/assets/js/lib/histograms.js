// The distribution of times by class, out of the histograms that the server shows to Prometheus.

import { Problem } from "./api.js";
import { bars } from "./bars.js";
import { el } from "./dom.js";
import { count, millis } from "./format.js";

const METRIC = "tidegate_operation_seconds_bucket";

/** Reads the histograms: for each kind and class, pairs of upper bound in seconds and number, not cumulated. */
export async function loadHistograms() {
  const response = await fetch("/metrics");
  if (!response.ok) {
    throw new Problem({ code: "unexplained", title: `The server answered ${response.status}`, status: response.status });
  }
  const sums = new Map();
  for (const line of (await response.text()).split("\n").filter((text) => text.startsWith(METRIC))) {
    const labels = Object.fromEntries([...line.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]));
    const name = `${labels.class} ${labels.kind}s`;
    const sum = sums.get(name) ?? new Map();
    const bound = labels.le === "+Inf" ? Infinity : Number(labels.le);
    sum.set(bound, (sum.get(bound) ?? 0) + Number(line.slice(line.lastIndexOf(" "))));
    sums.set(name, sum);
  }
  return [...sums].map(([name, sum]) => ({ name, buckets: apart(sum) })).filter(({ buckets }) => buckets.some(([, amount]) => amount > 0));
}

function apart(sum) {
  let below = 0;
  const sorted = [...sum].sort(([one], [other]) => one - other);
  return sorted.map(([bound, upTo]) => {
    const amount = upTo - below;
    below = upTo;
    return [bound, amount];
  });
}

/** A small chart for each class. */
export function histograms(classes) {
  if (classes.length === 0) {
    return el("p", { class: "empty" }, "Nothing has been measured yet.");
  }
  return el("div", { class: "histograms" }, classes.map(histogram));
}

function histogram({ name, buckets }) {
  const all = buckets.reduce((sum, [, amount]) => sum + amount, 0);
  const upTo = (bound) => (bound === Infinity ? "more" : `up to ${millis(bound * 1000)}`);
  const values = buckets.map(([bound, amount]) => ({ value: amount, label: upTo(bound), text: `${upTo(bound)}: ${count(amount, "call")}` }));
  const figures = values.filter(({ value }) => value > 0).map(({ text }) => text).join(", ");
  return el("div", {}, el("h3", {}, `${name}: ${count(all, "call")}`), bars(`${name}: ${figures}`, values));
}
