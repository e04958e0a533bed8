// The page of events: what was recorded, and what is recorded while one looks.

import { chips, severity } from "../lib/badges.js";
import { openDrawer } from "../lib/dialogs.js";
import { at, el, replace } from "../lib/dom.js";
import { facts } from "../lib/figures.js";
import { filters } from "../lib/filters.js";
import { count, number, time } from "../lib/format.js";
import { List } from "../lib/list.js";
import { follow } from "../lib/live.js";
import { begin } from "../lib/page.js";

/** How many events a pause keeps before it only counts them. */
const HELD_MAX = 500;

let parameters = {};
let held = null;
let skipped = 0;

function row(event) {
  return [
    severity(event.severity),
    el("span", { class: "row-main" }, el("strong", {}, event.title), " ", el("span", { class: "muted" }, event.description)),
    el("span", { class: "chips" }, el("span", { class: "chip" }, event.type), event.target && el("span", { class: "chip" }, event.target)),
    el("span", { class: "row-end" }, el("span", { class: "muted" }, event.source), time(event.at)),
  ];
}

function open(event) {
  const json = (value) => value && el("pre", { tabindex: "0" }, JSON.stringify(value, null, 2));
  const body = openDrawer("event", event.title);
  replace(
    body,
    el("p", { class: "badges" }, severity(event.severity)),
    event.description && el("p", { class: "message" }, event.description),
    facts([
      ["Time", time(event.at)],
      ["Type", event.type],
      ["Source", event.source],
      event.target && ["Target", event.target],
      event.category && ["Category", event.category],
      event.status && ["Status", event.status],
      event.health_score !== undefined && ["Health", `${number(event.health_score)} of 100`],
      event.user_id && ["User", event.user_id],
      event.correlation_id && ["Correlation", el("code", {}, event.correlation_id)],
      event.tags.length > 0 && ["Tags", chips(Object.fromEntries(event.tags.map((tag) => ["tag", tag])))],
      ["Number", number(event.seq)],
      event.details && ["Details", json(event.details)],
      event.resource_usage && ["Resources", json(event.resource_usage)],
    ]),
  );
}

function message({ data }) {
  if (held === null) {
    return add(data);
  }
  held.length < HELD_MAX ? held.push(data) : (skipped += 1);
  tellTail();
}

function add(event) {
  const narrowed = Object.values(parameters).some(Boolean);
  if (!list.has(String(event.seq)) && (!narrowed || matches(event))) {
    list.upsert(event);
  }
}

function matches(event) {
  const text = [event.title, event.description, event.tags.join(" "), JSON.stringify(event.details ?? "")].join(" ").toLowerCase();
  const words = (parameters.text ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  return (
    (!parameters.severity || event.severity === parameters.severity) &&
    (!parameters.type || event.type === parameters.type) &&
    words.every((word) => text.includes(word))
  );
}

function pause() {
  const button = at("pause");
  const isPaused = held === null;
  button.setAttribute("aria-pressed", String(isPaused));
  button.textContent = isPaused ? "Go on" : "Pause";
  if (isPaused) {
    held = [];
  } else {
    const waiting = held;
    held = null;
    skipped ? list.reload() : waiting.forEach(add);
    skipped = 0;
  }
  tellTail();
}

function tellTail() {
  at("tail").textContent = held === null ? "" : `Paused: ${count(held.length + skipped, "new event")}.`;
}

begin();
const list = new List({ id: "events", key: (event) => String(event.seq), row, open, none: "No event matches.", level: (event) => event.severity });
filters((values) => {
  parameters = values;
  list.load("/events", values);
});
at("pause").addEventListener("click", pause);
follow(["events"], { message, resumed: (lost) => lost !== 0 && list.reload() });
