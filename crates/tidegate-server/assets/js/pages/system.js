// The page of the system: stalls, latencies with grades, the database's queues and log, the workers.

import { get } from "../lib/api.js";
import { state } from "../lib/badges.js";
import { at, el } from "../lib/dom.js";
import { facts, table, tile } from "../lib/figures.js";
import { bytes, count, millis, number, percent, rough, time } from "../lib/format.js";
import { histograms, loadHistograms } from "../lib/histograms.js";
import { classTable, operationTable } from "../lib/latency.js";
import { follow } from "../lib/live.js";
import { begin } from "../lib/page.js";
import { panel } from "../lib/panel.js";

const EVERY = 5_000;

const micros = (value) => millis(value / 1000);

function tiles({ stalls, uptime_seconds: uptime, version, live_connections: live, database, blocking_eliminated: clean }) {
  const { wal } = database.stats;
  return [
    tile({ name: "Event loop", value: clean ? "Never blocked" : count(stalls.stalls, "stall"), mood: clean ? "good" : "bad", remark: `${number(stalls.ticks)} looks; a stall is ${micros(stalls.threshold_us)} or more` }),
    tile({ name: "Lag, p99", value: micros(stalls.lag_us.p99), remark: `p50 ${micros(stalls.lag_us.p50)}, longest ${micros(stalls.lag_us.max)}` }),
    tile({ name: "Write-ahead log", value: bytes(wal.size_bytes), remark: `${count(wal.checkpoints, "checkpoint")}, ${number(wal.checkpoints_busy)} busy` }),
    tile({ name: "Up for", value: rough(uptime * 1000), remark: `version ${version}, ${count(live, "live connection")}` }),
  ];
}

function databaseFacts({ path, stats }) {
  const { writer, readers, read_lane: reads, write_lane: writes, statements, calls } = stats;
  const looked = statements.hits + statements.misses;
  return [
    facts([
      ["File", el("code", {}, path)],
      ["Waiting for the writer", `${number(writes.queued)} queued, ${number(writes.waiting)} waiting for a place`],
      ["Waiting for a reader", `${number(reads.queued)} queued, ${number(reads.waiting)} waiting for a place`],
      ["Readers", `${number(readers.active)} active, ${number(readers.open)} open, ${number(readers.max)} at most`],
      ["Writes", `${number(writer.jobs_committed)} in ${count(writer.group_commits, "commit")}`],
      ["Writes in a commit", `${number(writer.group_size.mean)} in the mean, ${number(writer.group_size.max)} at most`],
      ["Times the file was busy", number(writer.busy_retries)],
      ["Statements found prepared", percent(looked ? statements.hits / looked : undefined)],
      ["Rows", `${number(stats.rows_read)} read, ${number(stats.rows_changed)} changed`],
    ]),
    callTable(calls),
  ];
}

function callTable(calls) {
  const columns = ["Calls", "#Begun", "#Under way", "#Late", "#Dropped", "#Queue p95", "#Work p95"];
  const row = ([name, of]) => [name, number(of.started), number(of.in_flight), number(of.deadline), number(of.cancelled), micros(of.queue_wait_us.p95), micros(of.execution_us.p95)];
  return table("Calls of the database", columns, Object.entries(calls).map(row));
}

function workerTable({ workers }) {
  const columns = ["Worker", "State", "#Rounds", "Last round", "#Failures", "Last error"];
  const row = (worker) => [worker.name, state(worker.state), number(worker.rounds), time(worker.last_round_at), number(worker.failures), worker.last_error ? el("span", { class: "wraps" }, time(worker.last_error_at), " ", worker.last_error) : "—"];
  return workers.length ? table("Workers", columns, workers.map(row)) : el("p", { class: "empty" }, "No worker runs.");
}

/** The parts of the page share one answer. */
let pending;
function load() {
  pending ??= get("/system").finally(() => {
    pending = undefined;
  });
  return pending;
}

begin();
panel(at("tiles"), { load, render: tiles, every: EVERY });
panel(at("classes"), { load, render: ({ classes }) => classTable(classes), every: EVERY });
panel(at("histograms"), { load: loadHistograms, render: histograms, every: EVERY });
panel(at("operations"), { load, render: ({ operations }) => operationTable(operations), every: EVERY });
panel(at("database"), { load, render: ({ database }) => databaseFacts(database), every: EVERY });
panel(at("workers"), { load, render: workerTable, every: EVERY });
follow(["events"], { message: () => {} });
