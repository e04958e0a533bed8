// The whole story of an alert, in a drawer: what it is, what happened, who was told, why it fires.

import { get } from "./api.js";
import { actionsFor } from "./actions.js";
import { chips, severity, state } from "./badges.js";
import { isOpen, openDrawer } from "./dialogs.js";
import { el, replace } from "./dom.js";
import { explain } from "./explain.js";
import { facts } from "./figures.js";
import { remember } from "./filters.js";
import { number, time, words } from "./format.js";
import { briefly } from "./notification.js";
import { panel } from "./panel.js";

let shown = null;

/** Opens the story of the alert with this id. */
export function openStory(id, name) {
  const body = openDrawer("story", name, closed);
  remember({ id });
  shown = { id };
  const place = el("div", {});
  replace(body, place);
  shown.refresh = panel(place, { load: () => get(`/alerts/${id}`), render });
}

/** Brings the story up to date if it is this alert's. */
export function refreshStory(id) {
  if (shown?.id === id) {
    shown.refresh();
  }
}

/** The alert whose story is open. */
export function storyAlert() {
  return isOpen("story") ? shown?.alert : undefined;
}

function closed() {
  shown = null;
  remember({ id: "" });
}

function render({ alert, transitions, notifications }) {
  shown.alert = alert;
  return [
    el("p", { class: "badges" }, severity(alert.severity), " ", state(alert.state), muted(alert)),
    alert.message && el("p", { class: "message" }, alert.message),
    el("div", { class: "buttons" }, actionsFor(alert).map((action) => button(alert, action))),
    aboutAlert(alert),
    el("h3", {}, "What happened"),
    el("ol", { class: "timeline" }, transitions.map(step)),
    el("h3", {}, "Who was told"),
    notifications.length ? el("ul", { class: "plain" }, notifications.map(briefly)) : el("p", { class: "muted" }, "Nobody yet."),
    alert.rule && why(alert.rule),
  ];
}

function button(alert, [name, action]) {
  const press = async () => {
    await action(alert);
    refreshStory(alert.id);
  };
  return el("button", { type: "button", class: name === "Acknowledge" && "main", on: { click: press } }, name);
}

function muted(alert) {
  return alert.muted_by?.length > 0 && [" ", el("span", { class: "badge status", "data-state": "muted" }, `muted by ${alert.muted_by.join(", ")}`)];
}

function aboutAlert(alert) {
  const details = alert.details && (typeof alert.details === "string" ? alert.details : JSON.stringify(alert.details, null, 2));
  return facts([
    ["Labels", chips(alert.labels)],
    alert.value !== null && alert.value !== undefined && ["Value", number(alert.value)],
    ["Since", time(alert.starts_at)],
    alert.fired_at && ["Fired", time(alert.fired_at)],
    alert.resolved_at && ["Resolved", time(alert.resolved_at)],
    ["Occurrences", number(alert.occurrences)],
    alert.acknowledged_by && ["Acknowledged by", alert.acknowledged_by],
    alert.suppressed_until && ["Suppressed until", time(alert.suppressed_until)],
    alert.escalation_step > 0 && ["Escalation step", number(alert.escalation_step)],
    alert.rule && ["Rule", el("a", { href: `/dashboard/rules?rule=${encodeURIComponent(alert.rule)}` }, alert.rule)],
    ...Object.entries(alert.annotations ?? {}),
    details && ["Details", el("pre", { tabindex: "0" }, details)],
  ]);
}

function step({ at, from, to, by, reason }) {
  const change = from ? `${words(from)} → ${words(to)}` : words(to);
  return el("li", { "data-state": to }, time(at), " ", el("strong", {}, change), by && ` by ${by}`, reason && el("span", { class: "muted" }, ` ${reason}`));
}

function why(rule) {
  const place = el("div", {});
  const open = ({ target }) => target.open && !place.hasChildNodes() && explain(place, rule);
  return el("details", { on: { toggle: open } }, el("summary", {}, "Why it does or does not fire now"), place);
}
