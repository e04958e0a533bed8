// The page of metrics: any selector as a chart, with its figures, renewed while one looks.

import { get } from "../lib/api.js";
import { at, el, replace } from "../lib/dom.js";
import { facts, table } from "../lib/figures.js";
import { filters } from "../lib/filters.js";
import { axisTime, labels, millis, number, time } from "../lib/format.js";
import { begin } from "../lib/page.js";
import { failed, ready } from "../lib/states.js";
import { onKey } from "../lib/keys.js";

const EVERY = 10_000;
const NAMES_MAX = 1_000;
/** More lines than that nobody can tell apart. */
const LINES_MAX = 12;
/** How many times the usual distance of a line's points makes a gap. */
const GAP = 2.5;

let asked = null;
let chart = null;
let drawn = null;

async function show(values) {
  asked = values;
  if (!values.selector) {
    drop();
    replace(at("about"), "Choose a metric.");
    ready(at("figures"), el("p", { class: "empty" }, "No metric is chosen."));
    return;
  }
  await refresh();
}

async function refresh() {
  const wanted = asked;
  const { selector, window, aggregate } = wanted;
  try {
    const [range, statistics] = await Promise.all([
      get("/metrics/range", { selector, window, aggregate }),
      get("/metrics/statistics", { selector, window }),
    ]);
    if (wanted === asked) {
      draw(range);
      ready(at("figures"), figures(statistics));
    }
  } catch (problem) {
    if (wanted === asked) {
      drop();
      replace(at("about"));
      failed(at("figures"), problem, refresh);
    }
  }
}

function draw(range) {
  const lines = range.lines.slice(0, LINES_MAX);
  const hidden = range.lines.length - lines.length;
  const parts = [`${number(range.lines.length)} series, a point each ${millis(range.step_ms)}, from ${range.resolution}s`];
  hidden && parts.push(`; the first ${LINES_MAX} are drawn`);
  replace(at("about"), range.lines.length ? parts.join("") : "No samples in this window.");
  const data = aligned(lines, range.step_ms);
  const shape = lines.map((line) => labels(line.labels) || line.name).join("\n");
  if (chart && drawn === shape) {
    chart.setData(data);
    return;
  }
  drop();
  drawn = shape;
  if (lines.length) {
    chart = new uPlot(options(lines), data, at("chart"));
    legend(lines);
  }
}

/**
 * All lines over one axis of times. Between two points a line goes on (undefined), unless they are much further apart than
 * its points mostly are: then there is a gap (null).
 */
function aligned(lines, step) {
  const holes = lines.map(({ points }) => gaps(points, step));
  const moments = new Set([...lines.flatMap(({ points }) => points.map(([moment]) => moment)), ...holes.flat()]);
  const axis = [...moments].sort((one, other) => one - other);
  const values = lines.map(({ points }, index) => {
    const known = new Map([...holes[index].map((moment) => [moment, null]), ...points]);
    return axis.map((moment) => known.get(moment));
  });
  return [axis.map((moment) => moment / 1000), ...values];
}

/** A moment inside each gap of a line. */
function gaps(points, step) {
  const apart = points.slice(1).map(([moment], index) => moment - points[index][0]);
  const usual = [...apart].sort((one, other) => one - other)[Math.floor(apart.length / 2)] ?? step;
  return apart.flatMap((length, index) => (length > GAP * usual ? [points[index][0] + step] : []));
}

function options(lines) {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const axis = { stroke: colour("--muted"), grid: { stroke: colour("--line"), width: 1 }, ticks: { stroke: colour("--line"), width: 1 } };
  const series = lines.map((line, index) => ({
    label: labels(line.labels) || line.name,
    stroke: colour(`--series-${(index % 6) + 1}`),
    dash: index < 6 ? undefined : [6, 4],
    width: 2,
    points: { fill: colour("--surface") },
    spanGaps: false,
    value: (_, value) => number(value),
  }));
  return {
    width: at("chart").clientWidth,
    height: at("chart").clientHeight,
    legend: { show: false },
    cursor: { points: { size: 7 } },
    scales: { x: { time: true } },
    axes: [{ ...axis, values: moments }, { ...axis, size: 64, values: (_, values) => values.map(number) }],
    series: [{}, ...series],
  };
}

/** The texts along the axis of times: days, or the time of day with the day at its beginning. */
function moments(_, places, __, ___, apart) {
  return places.map((seconds) => axisTime(new Date(seconds * 1000), apart));
}

/** The lines with their last values; a press shows or hides one. */
function legend(lines) {
  const rows = lines.map((line, index) => {
    const values = line.points.map(([, value]) => value);
    const toggle = el("button", { type: "button", class: "key", "aria-pressed": "true", "data-series": (index % 6) + 1 }, labels(line.labels) || line.name);
    toggle.addEventListener("click", () => {
      const isShown = toggle.getAttribute("aria-pressed") !== "true";
      toggle.setAttribute("aria-pressed", String(isShown));
      chart.setSeries(index + 1, { show: isShown });
    });
    return [toggle, number(values.at(-1)), number(Math.min(...values)), number(Math.max(...values)), time(line.points.at(-1)?.[0])];
  });
  replace(at("legend"), table("Lines of the chart", ["Series", "#Last", "#Lowest", "#Highest", "At"], rows));
}

function figures({ series, count, samples_per_second: rate, from, to, resolution, values }) {
  const common = [["Series", number(series)], ["Samples", number(count)], ["Samples each second", number(rate)], ["From", time(from)], ["To", time(to)], ["Known by the", resolution]];
  const more = values && [
    ["Mean", number(values.mean)],
    ["Median", number(values.median)],
    ["p95", number(values.p95)],
    ["p99", number(values.p99)],
    ["Lowest", number(values.min)],
    ["Highest", number(values.max)],
    ["Standard deviation", number(values.standard_deviation)],
    ["Increase each second", number(values.rate)],
    ["Percentiles are", values.is_exact ? "exact" : "estimates"],
  ];
  return facts([...(more ?? []), ...common]);
}

function drop() {
  chart?.destroy();
  chart = null;
  drawn = null;
  replace(at("legend"));
}

function redraw() {
  if (chart) {
    drop();
    refresh();
  }
}

async function suggest() {
  const { items } = await get("/metrics", { limit: NAMES_MAX }).catch(() => ({ items: [] }));
  replace(at("names"), items.map(({ name, help }) => el("option", { value: name }, help)));
  const field = document.querySelector("[name=selector]");
  if (!field.value && items.length) {
    field.value = items[0].name;
    field.form.requestSubmit();
  }
}

begin();
filters(show);
suggest();
document.addEventListener("themechange", redraw);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
new ResizeObserver(() => chart?.setSize({ width: at("chart").clientWidth, height: at("chart").clientHeight })).observe(at("chart"));
setInterval(() => document.hidden || !asked?.selector || refresh(), EVERY);
onKey("/", () => document.querySelector("[name=selector]").focus());
