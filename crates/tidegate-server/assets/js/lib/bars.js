// Small bar charts, drawn as SVG, with their figures as text for whoever does not see them.

import { el, svg } from "./dom.js";

const WIDTH = 600;
const HEIGHT = 90;
const GAP = 2;

/** Bars of `{label, value, text}`; `label` describes the whole. */
export function bars(label, values) {
  const most = Math.max(1, ...values.map(({ value }) => value));
  const width = WIDTH / Math.max(values.length, 1);
  const bar = ({ value, text, level }, at) => {
    const height = value === 0 ? 1 : Math.max(3, (value / most) * (HEIGHT - 4));
    const place = { x: at * width + GAP / 2, y: HEIGHT - height, width: Math.max(width - GAP, 1), height, rx: 1.5 };
    return svg("rect", { ...place, class: value ? "bar" : "bar none", "data-level": level }, svg("title", {}, text));
  };
  const drawing = svg("svg", { class: "bars", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img", "aria-label": label }, values.map(bar));
  const first = values[0]?.label ?? "";
  const last = values.at(-1)?.label ?? "";
  return el("figure", { class: "bars-figure" }, drawing, el("figcaption", {}, el("span", {}, first), el("span", {}, last)));
}
