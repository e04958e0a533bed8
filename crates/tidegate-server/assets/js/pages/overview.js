// The overview: health, stalls, firing alerts, alerts by the hour, latency by class.

import { alertRow } from "../lib/alert-row.js";
import { get } from "../lib/api.js";
import { acknowledge } from "../lib/actions.js";
import { bars } from "../lib/bars.js";
import { at, el } from "../lib/dom.js";
import { tile } from "../lib/figures.js";
import { count, millis, number, rough, shortly } from "../lib/format.js";
import { onKey } from "../lib/keys.js";
import { classTable } from "../lib/latency.js";
import { List } from "../lib/list.js";
import { follow } from "../lib/live.js";
import { begin } from "../lib/page.js";
import { panel } from "../lib/panel.js";
import { soon } from "../lib/soon.js";
import { openStory, refreshStory, refreshStoryOf, storyAlert } from "../lib/story.js";

const EVERY = 5_000;
const SHOWN_MAX = 10;
const FIRING = { state: "firing", limit: SHOWN_MAX };

/** The parts of the API come one by one: where there are no alerts, the system's tiles are shown all the same. */
async function loadTiles() {
  const [system, summary] = await Promise.allSettled([get("/system"), get("/alerts/summary", { window: "24h" })]);
  if (system.status === "rejected") {
    throw system.reason;
  }
  return { system: system.value, summary: summary.value };
}

function tiles({ system, summary }) {
  const { stalls, database, uptime_seconds: uptime } = system;
  const troubled = system.workers.filter(({ state }) => state !== "running");
  return [
    tile({ name: "Health", value: troubled.length ? "Degraded" : "Healthy", mood: troubled.length ? "bad" : "good", remark: troubled.length ? `${troubled.map(({ name }) => name).join(", ")}: not running` : `up for ${rough(uptime * 1000)}`, href: "/dashboard/system" }),
    summary && firingTile(summary),
    tile({ name: "Stalls of the event loop", value: number(stalls.stalls), mood: stalls.stalls ? "bad" : "good", remark: `longest lag ${millis(stalls.lag_us.max / 1000)}, p99 ${millis(stalls.lag_us.p99 / 1000)}`, href: "/dashboard/system" }),
    tile({ name: "Waiting for the writer", value: number(database.stats.write_lane.queued), remark: `${count(database.stats.writer.jobs_committed, "write")} in ${count(database.stats.writer.group_commits, "commit")}`, href: "/dashboard/system" }),
  ];
}

function firingTile({ by_state: states, by_severity: severities, dropped }) {
  const firing = states.firing ?? 0;
  const worst = ["emergency", "critical", "warning", "info"].filter((level) => severities[level]);
  const active = worst.map((level) => `${severities[level]} ${level}`).join(", ");
  const remark = active ? `active: ${active}` : "none is active";
  return tile({ name: "Firing alerts", value: number(firing), mood: firing ? "bad" : "good", remark: dropped ? `${remark}; ${dropped} dropped` : remark, href: "/dashboard/alerts?state=firing" });
}

function hours({ per_hour: hourly }) {
  const all = hourly.reduce((sum, hour) => sum + hour.count, 0);
  const values = hourly.map(({ at: moment, count: value }) => ({ value, label: shortly(moment), text: `${shortly(moment)}: ${count(value, "alert")}` }));
  return [bars(`${count(all, "alert")} in the last day, by the hour`, values), el("p", { class: "aside" }, `${count(all, "alert")} in all`)];
}

begin();
const list = new List({ id: "firing", key: (alert) => alert.id, row: alertRow, open: (alert) => openStory(alert.id, alert.name), none: "Nothing is firing.", level: (alert) => alert.severity });
list.load("/alerts", FIRING);
const refreshTiles = panel(at("tiles"), { load: loadTiles, render: tiles, every: EVERY });
panel(at("classes"), { load: () => get("/system"), render: ({ classes }) => classTable(classes), every: EVERY });
const refreshHours = panel(at("hours"), { load: () => get("/alerts/summary", { window: "24h" }), render: hours, every: 60_000 });
const refreshFigures = soon(() => {
  refreshTiles();
  refreshHours();
});

function message({ topic, data }) {
  topic === "alerts" ? changed(data) : refreshStoryOf(data.alerts);
}

function changed(alert) {
  refreshStory(alert.id);
  alert.state === "firing" ? list.upsert(alert) : list.remove(alert.id);
  refreshFigures();
}

follow(["alerts", "notifications"], { message, resumed: () => list.reload() });
onKey("a", () => {
  const alert = storyAlert() ?? list.current();
  return alert ? void acknowledge(alert).then(() => refreshStory(alert.id)) : false;
});
