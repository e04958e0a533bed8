// An alert in one row of a list.

import { chips, severity, state } from "./badges.js";
import { el } from "./dom.js";
import { time } from "./format.js";

// What it is about: what was said when it was triggered, or what its rule says.
export function about({ message, annotations }) {
  return message || annotations.summary || annotations.description || "";
}

export function alertRow(alert) {
  return [
    severity(alert.severity),
    el("span", { class: "row-main" }, el("strong", {}, alert.name), " ", el("span", { class: "muted" }, about(alert))),
    chips(alert.labels),
    el("span", { class: "row-end" }, alert.muted_by.length > 0 && el("span", { class: "muted" }, "muted"), alert.occurrences > 1 && el("span", { class: "muted" }, `${alert.occurrences}×`), state(alert.state), time(alert.fired_at ?? alert.starts_at)),
  ];
}
