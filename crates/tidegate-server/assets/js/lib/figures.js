// Tables and lists of figures.

import { el } from "./dom.js";

/** A large figure under its name, with a remark. */
export function tile({ name, value, remark, mood, href }) {
  const inside = [
    el("span", { class: "tile-name" }, name),
    el("span", { class: "tile-value" }, value),
    el("span", { class: "tile-remark" }, remark ?? ""),
  ];
  return href ? el("a", { class: "tile", href, "data-mood": mood }, inside) : el("div", { class: "tile", "data-mood": mood }, inside);
}

/** Names with values. */
export function facts(pairs) {
  const fact = ([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value ?? "—"));
  return el("dl", { class: "facts" }, pairs.filter(Boolean).map(fact));
}

/** A table; columns whose names begin with `#` hold numbers. It scrolls by itself where it is too wide. */
export function table(label, columns, rows) {
  const isNumber = columns.map((column) => column.startsWith("#"));
  const head = columns.map((column, at) => el("th", { scope: "col", class: isNumber[at] && "number" }, column.replace("#", "")));
  const cell = (value, at) =>
    at === 0 ? el("th", { scope: "row" }, value) : el("td", { class: isNumber[at] && "number" }, value);
  const body = rows.map((row) => el("tr", {}, row.map(cell)));
  const whole = el("table", { "aria-label": label }, el("thead", {}, el("tr", {}, head)), el("tbody", {}, body));
  return el("div", { class: "scrolls", tabindex: "0", role: "group", "aria-label": label }, whole);
}
