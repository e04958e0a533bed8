// The page of notifications: the targets with their figures, and the ledger of what was sent.

import { get, post } from "../lib/api.js";
import { state } from "../lib/badges.js";
import { openDrawer, retitle } from "../lib/dialogs.js";
import { at, el, replace } from "../lib/dom.js";
import { table } from "../lib/figures.js";
import { filters, parameter, remember } from "../lib/filters.js";
import { ago, count, millis, number, rough, time } from "../lib/format.js";
import { List } from "../lib/list.js";
import { follow } from "../lib/live.js";
import { fully, isTried } from "../lib/notification.js";
import { begin } from "../lib/page.js";
import { panel } from "../lib/panel.js";
import { soon } from "../lib/soon.js";
import { complain, tell } from "../lib/toasts.js";

const TARGETS_EVERY = 10_000;

/** How far it is: when it is due, or how often it was tried. */
function progress({ state: name, due_at: due, attempts }) {
  return name === "waiting" ? `due ${ago(due)}` : count(attempts.filter(isTried).length, "attempt");
}

function row(one) {
  return [
    state(one.state),
    el("span", { class: "row-main" }, el("strong", {}, one.target), " ", el("span", { class: "muted" }, one.summary)),
    el("span", { class: "row-end" }, el("span", { class: "muted" }, progress(one)), time(one.created_at)),
  ];
}

/** The notification that is open. */
let shown = null;

function open({ id, target }) {
  const body = openDrawer("notification", `To ${target}`, closed);
  remember({ id });
  const place = el("div", {});
  replace(body, place);
  shown = { id };
  shown.refresh = panel(place, { load: () => get(`/notifications/${id}`), render });
}

function closed() {
  shown = null;
  remember({ id: "" });
}

function render(one) {
  shown?.id === one.id && retitle("notification", `To ${one.target}`);
  return [buttons(one), fully(one)];
}

function buttons(one) {
  const act = (verb, said) => async () => {
    const answer = await attempt(() => post(`/notifications/${one.id}/${verb}`), said);
    // Of one that was given up, the next of its group is sent.
    answer && answer.id !== one.id && open(answer);
  };
  const mayCancel = one.state === "waiting" || one.state === "failed";
  const mayRetry = mayCancel || (one.state === "given_up" && one.reason !== "test");
  return el(
    "div",
    { class: "buttons" },
    mayRetry && el("button", { type: "button", class: "main", on: { click: act("retry", "It is on its way") } }, "Send now"),
    mayCancel && el("button", { type: "button", on: { click: act("cancel", "Cancelled") } }, "Cancel"),
  );
}

async function attempt(work, said) {
  try {
    const answer = await work();
    changed(answer);
    tell(said);
    return answer;
  } catch (problem) {
    complain(problem);
    shown?.refresh();
  }
}

function targets({ items }) {
  if (items.length === 0) {
    return el("p", { class: "empty" }, "No target is configured.");
  }
  const columns = ["Target", "Kind", "From severity", "Breaker", "#Sent", "#Failed", "#Waiting", "#Oldest", "#p50", "#p95", "Test"];
  const test = ({ name }) => () => attempt(() => post(`/targets/${encodeURIComponent(name)}/test`), `A test is on its way to ${name}`);
  const line = (target) => {
    const { sent, failed, waiting, oldest_waiting_s: oldest, p50_ms: p50, p95_ms: p95 } = target.statistics;
    return [
      target.name,
      target.kind,
      target.min_severity ?? "any",
      target.enabled ? state(target.breaker) : state("disabled"),
      number(sent),
      number(failed),
      number(waiting),
      oldest === null || oldest === undefined ? "—" : rough(oldest * 1000),
      millis(p50),
      millis(p95),
      el("button", { type: "button", "aria-label": `Send a test to ${target.name}`, on: { click: test(target) } }, "Test"),
    ];
  };
  return table("Targets", columns, items.map(line));
}

/** Shows a notification as it is now. */
function changed(one) {
  narrowed ? reload() : list.upsert(one);
  shown?.id === one.id && shown.refresh();
}

begin();
panel(at("targets"), { load: () => get("/targets"), render: targets, every: TARGETS_EVERY });
const list = new List({ id: "notifications", key: (one) => one.id, row, open, none: "No notification matches." });
const reload = soon(() => list.reload());
let narrowed = false;
filters((values) => {
  narrowed = Object.values(values).some(Boolean);
  list.load("/notifications", values);
});
follow(["notifications"], {
  message: ({ data }) => changed(data),
  resumed: () => list.reload(),
});
if (parameter("id")) {
  open({ id: parameter("id"), target: "" });
}
