// What can be done with an alert, each after asking in a small form.

import { about } from "./alert-row.js";
import { post } from "./api.js";
import { ask, choice, line } from "./dialogs.js";
import { el } from "./dom.js";
import { tell } from "./toasts.js";

const TIMES = [
  ["15m", "15 minutes"],
  ["1h", "1 hour"],
  ["4h", "4 hours"],
  ["1day", "1 day"],
  ["7days", "7 days"],
];

const reason = () => line("reason", "Why (optional)", { maxlength: 1000, autofocus: true });

/** What may be done with an alert in its state, as pairs of name and function. */
export function actionsFor(alert) {
  const isOpen = alert.state !== "resolved";
  return [
    alert.state === "firing" || alert.state === "suppressed" ? ["Acknowledge", acknowledge] : null,
    isOpen && alert.state !== "pending" ? ["Suppress", suppress] : null,
    isOpen ? ["Resolve", resolve] : null,
    isOpen ? ["Silence", silence] : null,
  ].filter(Boolean);
}

export function acknowledge(alert) {
  return change(alert, "acknowledge", { title: "Acknowledge", confirm: "Acknowledge", said: "Acknowledged", fields: [reason()] });
}

export function suppress(alert) {
  const fields = [choice("for", "For", TIMES), reason()];
  return change(alert, "suppress", { title: "Suppress", confirm: "Suppress", said: "Suppressed", fields });
}

export function resolve(alert) {
  return change(alert, "resolve", { title: "Resolve", confirm: "Resolve", said: "Resolved", fields: [reason()] });
}

/** The state that was seen goes along, so that of two operators only one wins and the other is told. */
function change(alert, verb, { title, confirm, said, fields }) {
  const done = async (values) => {
    const filled = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ""));
    await post(`/alerts/${alert.id}/${verb}`, { ...filled, expected_state: alert.state });
    tell(`${said}: ${alert.name}`);
  };
  return ask({ title: `${title} ${alert.name}`, about: about(alert), fields, confirm, done });
}

/** Silences whatever has these labels; with an alert, its own are proposed. */
export function silence(alert) {
  const labels = { alertname: alert?.name, ...alert?.labels };
  const matchers = Object.entries(labels).filter(([, value]) => value).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const text = el("textarea", { name: "matchers", rows: 4, required: true, spellcheck: "false" });
  text.value = matchers.join("\n");
  const fields = [
    el("label", { class: "field" }, el("span", {}, "Matchers, one on each line: = != =~ !~"), text),
    choice("for", "For", TIMES),
    line("comment", "Comment", { required: true, maxlength: 1000 }),
  ];
  const done = async (values) => {
    const ends = new Date(Date.now() + milliseconds(values.for)).toISOString();
    const lines = values.matchers.split("\n").map((part) => part.trim()).filter(Boolean);
    await post("/silences", { matchers: lines, ends_at: ends, comment: values.comment });
    tell("Silenced");
  };
  return ask({ title: "New silence", about: "Alerts that match are kept, but nobody is notified.", fields, confirm: "Silence", done });
}

const UNITS = { m: 60_000, h: 3_600_000, day: 86_400_000, days: 86_400_000 };

function milliseconds(text) {
  const [, amount, unit] = /^(\d+)([a-z]+)$/.exec(text);
  return amount * UNITS[unit];
}
