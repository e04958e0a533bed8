// Why a rule does or does not fire, series by series.

import { get } from "./api.js";
import { state } from "./badges.js";
import { el } from "./dom.js";
import { table } from "./figures.js";
import { count, labels, number, time } from "./format.js";
import { mutings } from "./muting.js";
import { panel } from "./panel.js";

/** How the API writes a length of time that is none. */
export const NO_TIME = "0s";

/** The condition of a rule in one line. */
export function condition(rule) {
  const matchers = rule.matchers.length ? `{${rule.matchers.join(", ")}}` : "";
  const lasting = rule.for !== NO_TIME ? ` for ${rule.for}` : "";
  return `${rule.aggregate}(${rule.metric}${matchers}) over ${rule.window} ${rule.operator} ${number(rule.threshold)}${lasting}`;
}

/** Fills `node` with the explanation of the rule of this name. */
export function explain(node, name) {
  return panel(node, { load: () => get(`/rules/${encodeURIComponent(name)}/explain`), render });
}

function render({ fires, reason, series, left_out: leftOut }) {
  const verdict = el("p", { class: "verdict" }, state(fires ? "firing" : "quiet"), " ", reason);
  const columns = ["Series", "#Value", "#Samples", "State", "Since", "Why"];
  const row = (one) => [
    el("span", { class: "wraps" }, labels(one.labels) || "without labels"),
    number(one.value),
    number(one.samples),
    one.state ? el("a", { href: `/dashboard/alerts?id=${one.alert}` }, state(one.state)) : "—",
    time(one.since),
    el("span", { class: "wraps" }, one.reason, mutings(one.muted_by).map((link) => ["; ", link])),
  ];
  return [
    verdict,
    series.length ? table("Series of the rule", columns, series.map(row)) : el("p", { class: "empty" }, "No series matches the rule."),
    leftOut > 0 && el("p", { class: "muted" }, `${count(leftOut, "further series", "further series")} not shown.`),
  ];
}
