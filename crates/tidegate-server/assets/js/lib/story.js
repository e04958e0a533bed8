// The whole story of an alert, in a drawer: what it is, what happened, who was told, why it fires.

import { get } from "./api.js";
import { actionsFor } from "./actions.js";
import { chips, severity, state } from "./badges.js";
import { isOpen, openDrawer, retitle } from "./dialogs.js";
import { el, replace } from "./dom.js";
import { explain } from "./explain.js";
import { facts } from "./figures.js";
import { remember } from "./filters.js";
import { count, number, time, words } from "./format.js";
import { mutings } from "./muting.js";
import { briefly } from "./notification.js";
import { panel } from "./panel.js";

let shown = null;

/** Opens the story of the alert with this id. */
export function openStory(id, name) {
  const body = openDrawer("story", name, closed);
  remember({ id });
  const story = { id };
  shown = story;
  const place = el("div", {});
  replace(body, place);
  story.refresh = panel(place, { load: () => get(`/alerts/${id}`), render: (found) => render(story, found) });
}

/** Brings the story up to date if it is this alert's. */
export function refreshStory(id) {
  if (shown?.id === id) {
    shown.refresh();
  }
}

/** The same if somebody was told of it: `fingerprints` are those of the alerts that a notification names. */
export function refreshStoryOf(fingerprints) {
  if (fingerprints.includes(shown?.alert?.fingerprint)) {
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

/** By the time it is known, another story may be open. */
function render(story, { alert, transitions, transitions_left_out: leftOut, notifications }) {
  story.alert = alert;
  shown === story && retitle("story", alert.name);
  return [
    el("p", { class: "badges" }, severity(alert.severity), " ", state(alert.state), alert.muted_by.length > 0 && [" ", state("muted")]),
    alert.message && el("p", { class: "message" }, alert.message),
    el("div", { class: "buttons" }, actionsFor(alert).map((action) => button(alert, action))),
    aboutAlert(alert),
    el("h3", {}, "What happened"),
    leftOut > 0 && el("p", { class: "muted" }, `${count(leftOut, "earlier change")} not shown.`),
    el("ol", { class: "timeline" }, transitions.map(step)),
    el("h3", {}, "Who was told"),
    notifications.length ? el("ul", { class: "plain" }, notifications.map(briefly)) : el("p", { class: "muted" }, "Nobody yet."),
    alert.rule && (story.why ??= why(alert.rule)),
  ];
}

function button(alert, [name, action]) {
  const press = async () => {
    await action(alert);
    refreshStory(alert.id);
  };
  return el("button", { type: "button", class: name === "Acknowledge" && "main", on: { click: press } }, name);
}

function aboutAlert(alert) {
  const { message, ...annotations } = alert.annotations;
  const details = alert.details && (typeof alert.details === "string" ? alert.details : JSON.stringify(alert.details, null, 2));
  return facts([
    alert.muted_by.length > 0 && ["Nobody is told", mutings(alert.muted_by).flatMap((link, at) => [at > 0 && ", ", link])],
    ["Labels", chips(alert.labels)],
    alert.value !== null && ["Value", number(alert.value)],
    ["Since", time(alert.starts_at)],
    alert.fired_at && ["Fired", time(alert.fired_at)],
    alert.resolved_at && ["Resolved", time(alert.resolved_at)],
    alert.expires_at && ["Ends by itself", time(alert.expires_at)],
    ["Occurrences", number(alert.occurrences)],
    alert.acknowledged_by && ["Acknowledged by", alert.acknowledged_by],
    alert.suppressed_until && ["Suppressed until", time(alert.suppressed_until)],
    alert.escalation_step > 0 && ["Escalation steps", number(alert.escalation_step)],
    alert.escalates_at && ["Escalates", time(alert.escalates_at)],
    alert.rule && ["Rule", el("a", { href: `/dashboard/rules?rule=${encodeURIComponent(alert.rule)}` }, alert.rule)],
    ...Object.entries(annotations),
    details && ["Details", el("pre", { tabindex: "0" }, details)],
  ]);
}

/** What happened; the state where it changed. */
function step({ at, kind, from, to, by, reason }) {
  const change = from && from !== to && kind !== to ? ` (${words(from)} → ${words(to)})` : "";
  return el("li", { "data-state": to }, time(at), " ", el("strong", {}, words(kind)), change, by && ` by ${by}`, reason && el("span", { class: "muted" }, ` ${reason}`));
}

function why(rule) {
  const place = el("div", {});
  const open = ({ target }) => target.open && !place.hasChildNodes() && explain(place, rule);
  return el("details", { on: { toggle: open } }, el("summary", {}, "Why it does or does not fire now"), place);
}
