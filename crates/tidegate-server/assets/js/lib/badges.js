// Short words with a colour: the word says it, the colour only helps.

import { el } from "./dom.js";
import { words } from "./format.js";

/** How bad: a severity of an alert or event. */
export function severity(level) {
  return el("span", { class: "badge severity", "data-level": level }, level);
}

/** How it stands: a state of anything. */
export function state(name) {
  return el("span", { class: "badge status", "data-state": name }, words(name));
}

/** How well: the grade of a class. */
export function grade(name) {
  return el("span", { class: "badge grade", "data-grade": name }, words(name));
}

/** Labels as chips. */
export function chips(labels) {
  const pairs = Object.entries(labels ?? {});
  const chip = ([name, value]) => el("span", { class: "chip" }, el("span", { class: "muted" }, `${name}=`), value);
  return el("span", { class: "chips" }, pairs.map(chip));
}
