// Why a rule does or does not fire, series by series.

import { get } from "./api.js";
import { state } from "./badges.js";
import { el } from "./dom.js";
import { table } from "./figures.js";
import { labels, number, time } from "./format.js";
import { panel } from "./panel.js";

/** The condition of a rule in one line. */
export function condition(rule) {
  const matchers = rule.matchers?.length ? `{${rule.matchers.join(", ")}}` : "";
  const lasting = rule.for ? ` for ${rule.for}` : "";
  return `${rule.aggregate}(${rule.metric}${matchers}) over ${rule.window} ${rule.operator} ${number(rule.threshold)}${lasting}`;
}

/** Fills `node` with the explanation of the rule of this name. */
export function explain(node, name) {
  return panel(node, { load: () => get(`/rules/${encodeURIComponent(name)}/explain`), render });
}

function render({ fires, reason, series }) {
  const verdict = el("p", { class: "verdict" }, state(fires ? "firing" : "quiet"), " ", reason);
  const columns = ["Series", "#Value", "#Samples", "Holds", "State", "Since", "Why"];
  const row = (one) => [
    labels(one.labels) || "without labels",
    number(one.value),
    number(one.samples),
    one.holds ? "yes" : "no",
    one.state ? state(one.state) : "—",
    time(one.since),
    el("span", { class: "wraps" }, one.reason, one.for_left && `; ${one.for_left} left`, one.muted_by?.length > 0 && `; muted by ${one.muted_by.join(", ")}`),
  ];
  return [
    verdict,
    series.length ? table("Series of the rule", columns, series.map(row)) : el("p", { class: "empty" }, "No series matches the rule."),
  ];
}
