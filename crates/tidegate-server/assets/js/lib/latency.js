// How fast operations are: a table by class with grades, and each class's percentiles against its target.

import { grade } from "./badges.js";
import { el, svg } from "./dom.js";
import { table } from "./figures.js";
import { millis, number, percent, words } from "./format.js";

const COLUMNS = ["Class", "Grade", "#Calls", "#Under target", "#p50", "#p95", "#p99", "#Longest", "#Target", "Spread"];
const WIDTH = 150;
const HEIGHT = 22;
/** The ends of the axis, in milliseconds; it is logarithmic. */
const FIRST = 0.01;
const LAST = 10_000;

/** The classes that have been used, or all if none has. */
export function classTable(classes) {
  const used = classes.filter(({ total }) => total > 0);
  return [
    table("Latency by class", COLUMNS, (used.length ? used : classes).map(classRow)),
    el("p", { class: "aside" }, "Spread: p50 to p95 and p99 as a bar, the longest as a ring, the target as a dashed line; from 10 µs to 10 s, each step tenfold."),
  ];
}

function classRow(of) {
  return [
    `${of.class} ${of.kind}s`,
    grade(of.grade),
    number(of.total),
    percent(of.total ? of.under_target / of.total : undefined),
    ...figures(of),
    millis(of.target_ms),
    range(of),
  ];
}

/** Every route and every call of a store. */
export function operationTable(operations) {
  const columns = ["Operation", "Kind", "Class", "Grade", "#Calls", "#Failed", "#Timeouts", "#p50", "#p95", "#p99", "#Longest"];
  const used = operations.filter(({ total }) => total > 0).sort((a, b) => b.total - a.total);
  const row = (of) => [el("code", {}, of.name), of.kind, of.class, grade(of.grade), number(of.total), failures(of), number(of.timeouts), ...figures(of)];
  return used.length ? table("Operations", columns, used.map(row)) : el("p", { class: "empty" }, "Nothing has been measured yet.");
}

function figures({ total, p50_ms: p50, p95_ms: p95, p99_ms: p99, max_ms: max }) {
  return [p50, p95, p99, max].map((value) => (total ? millis(value) : "—"));
}

function failures({ errors }) {
  const all = Object.entries(errors);
  const title = all.map(([code, times]) => `${words(code)}: ${times}`).join("\n");
  return el("span", { title: title || null }, number(all.reduce((sum, [, times]) => sum + times, 0)));
}

/** From p50 to p99 as a bar, the longest as a dot, the target as a line. */
function range({ total, p50_ms: p50, p95_ms: p95, p99_ms: p99, max_ms: max, target_ms: target }) {
  if (!total) {
    return "";
  }
  const x = (value) => (Math.log10(Math.min(Math.max(value, FIRST), LAST) / FIRST) / Math.log10(LAST / FIRST)) * (WIDTH - 8) + 4;
  const middle = HEIGHT / 2;
  const bar = (from, to, height, name) => svg("rect", { class: name, x: x(from), y: middle - height / 2, width: Math.max(x(to) - x(from), 2), height, rx: height / 2 });
  const label = `p50 ${millis(p50)}, p95 ${millis(p95)}, p99 ${millis(p99)}, longest ${millis(max)}, target ${millis(target)}`;
  return svg(
    "svg",
    { class: "range", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, width: WIDTH, height: HEIGHT, role: "img", "aria-label": label },
    svg("title", {}, label),
    svg("line", { class: "axis", x1: 4, x2: WIDTH - 4, y1: middle, y2: middle }),
    bar(p50, p99, 6, "outer"),
    bar(p50, p95, 10, "inner"),
    svg("circle", { class: "longest", cx: x(max), cy: middle, r: 3 }),
    svg("line", { class: max > target ? "target over" : "target", x1: x(target), x2: x(target), y1: 2, y2: HEIGHT - 2 }),
  );
}
