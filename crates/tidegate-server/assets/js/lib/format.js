// Writes times, lengths and numbers for people: times in their zone, with UTC in the title; numbers with units.

import { el } from "./dom.js";

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
const DAY = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const YEAR = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" });
const SHORT = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hour12: false });
const NUMBER = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 });
const SMALL = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 3 });
const COMPACT = new Intl.NumberFormat(undefined, { notation: "compact", maximumFractionDigits: 1 });

/** A moment: its clock time, and the day if it is another than today. */
export function time(moment) {
  if (!moment) {
    return el("span", { class: "muted" }, "—");
  }
  const date = new Date(moment);
  const title = `${date.toISOString().replace("T", " ").replace("Z", "")} UTC`;
  return el("time", { datetime: date.toISOString(), title }, wallClock(date));
}

function wallClock(date) {
  const now = new Date();
  if (date.toDateString() === now.toDateString()) {
    return CLOCK.format(date);
  }
  const day = date.getFullYear() === now.getFullYear() ? DAY : YEAR;
  return `${day.format(date)}, ${CLOCK.format(date)}`;
}

/** A moment by day, hour and minute, as text. */
export function shortly(moment) {
  return SHORT.format(new Date(moment));
}

/** A moment on an axis whose places are so many seconds apart. */
export function axisTime(date, apart) {
  const isMidnight = date.getHours() === 0 && date.getMinutes() === 0 && date.getSeconds() === 0;
  if (apart >= 86_400 || isMidnight) {
    return DAY.format(date);
  }
  return apart < 60 ? CLOCK.format(date) : CLOCK.format(date).slice(0, -3);
}

/** How long ago something was, or how long it is still to come, roughly. */
export function ago(moment) {
  const milliseconds = Date.now() - new Date(moment).getTime();
  return milliseconds >= 0 ? `${rough(milliseconds)} ago` : `in ${rough(-milliseconds)}`;
}

const STEPS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1_000],
];

/** A length of time with its two largest units. */
export function rough(milliseconds) {
  const first = STEPS.findIndex(([, length]) => milliseconds >= length);
  if (first < 0) {
    return millis(milliseconds);
  }
  const [unit, length] = STEPS[first];
  const whole = Math.floor(milliseconds / length);
  const next = STEPS[first + 1];
  const rest = next ? Math.floor((milliseconds % length) / next[1]) : 0;
  return rest ? `${whole} ${unit} ${rest} ${next[0]}` : `${whole} ${unit}`;
}

/** A short time in the unit that suits it. */
export function millis(milliseconds) {
  if (milliseconds === null || milliseconds === undefined) {
    return "—";
  }
  if (milliseconds === 0) {
    return "0 ms";
  }
  if (milliseconds < 1) {
    return `${SMALL.format(milliseconds * 1000)} µs`;
  }
  return milliseconds < 1000 ? `${SMALL.format(milliseconds)} ms` : `${NUMBER.format(milliseconds / 1000)} s`;
}

export function bytes(count) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  while (count >= 1024 && unit < units.length - 1) {
    count /= 1024;
    unit += 1;
  }
  return `${SMALL.format(count)} ${units[unit]}`;
}

export function percent(share) {
  return share === null || share === undefined ? "—" : `${SMALL.format(share * 100)} %`;
}

/** Any value of a metric. */
export function number(value) {
  if (value === null || value === undefined) {
    return "—";
  }
  const size = Math.abs(value);
  if (size !== 0 && size < 0.01) {
    return value.toPrecision(3);
  }
  return size >= 1e9 ? COMPACT.format(value) : NUMBER.format(value);
}

/** A number with its noun: 1 alert, 2 alerts. */
export function count(amount, one, many = `${one}s`) {
  return `${number(amount)} ${amount === 1 ? one : many}`;
}

/** Labels as Prometheus writes them. */
export function labels(of) {
  return Object.entries(of ?? {}).map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(", ");
}

/** A word of the API in words: given_up becomes given up. */
export function words(code) {
  return String(code).replaceAll("_", " ");
}
