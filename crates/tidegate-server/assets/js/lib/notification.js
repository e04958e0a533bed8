// A notification: in a line, and in full with its attempts.

import { chips, state } from "./badges.js";
import { el } from "./dom.js";
import { facts, table } from "./figures.js";
import { millis, number, time, words } from "./format.js";

/** One line of a list. */
export function briefly(notification) {
  return el("li", {}, time(notification.sent_at ?? notification.created_at), " ", state(notification.state), ` ${notification.target} `, el("span", { class: "muted" }, notification.summary));
}

/** Whether it was an attempt, and not the end of what was never tried. */
export const isTried = (attempt) => attempt.number > 0;

/** Everything that is known of one. */
export function fully(notification) {
  const isOfGroup = Object.keys(notification.group_labels).length > 0;
  const isWaiting = notification.state === "waiting" || notification.state === "failed";
  const columns = ["#Attempt", "At", "#Latency", "Outcome", "Error", "Next try"];
  const row = (attempt) => [isTried(attempt) ? number(attempt.number) : "—", time(attempt.at), millis(attempt.latency_ms), words(attempt.outcome), el("span", { class: "wraps" }, attempt.error ?? "—"), time(attempt.next_try_at)];
  return [
    facts([
      ["State", state(notification.state)],
      ["Target", `${notification.target} (${notification.kind ?? "gone"})`],
      ["About", notification.summary],
      notification.reason && ["Reason", words(notification.reason)],
      notification.note && ["Note", notification.note],
      notification.route && ["Route", notification.route],
      isOfGroup && ["Group", chips(notification.group_labels)],
      isOfGroup && ["Alerts", told(notification)],
      ["Made", time(notification.created_at)],
      isWaiting && ["Due", time(notification.due_at)],
      notification.closed_at && [notification.sent_at ? "Sent" : "Closed", time(notification.closed_at)],
    ]),
    el("h3", {}, "Attempts"),
    notification.attempts.length ? table("Attempts", columns, notification.attempts.map(row)) : el("p", { class: "muted" }, "None yet."),
  ];
}

/** How many alerts it tells of, and where those of this name are listed. */
function told({ reason, firing, resolved, group_labels: { alertname } }) {
  const search = new URLSearchParams({ view: "history", match: `alertname=${JSON.stringify(alertname)}` });
  const link = alertname && el("a", { href: `/dashboard/alerts?${search}` }, `all of ${alertname}`);
  return [reason && `${number(firing)} firing, ${number(resolved)} resolved`, " ", link];
}
