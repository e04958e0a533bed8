// The live tail: server-sent events, read so that a break of any kind is seen, told, and made good by resuming.

import { at } from "./dom.js";
import { count } from "./format.js";
import { url } from "./api.js";

/** How long to wait before trying again, in milliseconds: the first time, and at most. */
const PAUSE = 500;
const PAUSE_MAX = 8_000;
/** A connection that is silent for so long is taken for dead, in milliseconds; the server sends a heartbeat each 15 s. */
const SILENCE_MAX = 45_000;
/** Answers that asking again does not change: no key, no right, nothing like that here. */
const FINAL = new Set([401, 403, 404, 422]);

/**
 * Follows `topics`. `message` gets each envelope. `resumed` is called after each break, with 0, and with the number of
 * messages that the server says are lost (NaN if it cannot know) whenever it says so.
 */
export function follow(topics, { message, resumed = () => {} }) {
  const tail = { topics, message, resumed, position: undefined, lost: 0, tries: 0, breaks: 0 };
  addEventListener("online", () => tail.wake?.());
  addEventListener("pagehide", () => tail.stop?.abort());
  document.addEventListener("visibilitychange", () => (document.hidden ? tail.stop?.abort() : tail.wake?.()));
  run(tail);
}

async function run(tail) {
  for (;;) {
    await untilSeen(tail);
    const outcome = await connect(tail).catch(() => "broken");
    if (outcome === "refused") {
      return show("refused", "Not live: load the page again");
    }
    tail.breaks += 1;
    if (document.hidden) {
      continue;
    }
    tail.tries += 1;
    show("reconnecting", "Reconnecting …");
    await pause(tail, Math.min(PAUSE * 2 ** (tail.tries - 1), PAUSE_MAX));
  }
}

/**
 * A browser has six connections to a server, for all its tabs together: a page that nobody looks at gives its own up, and
 * resumes when it is looked at.
 */
async function untilSeen(tail) {
  while (document.hidden) {
    show("off", "Paused");
    await new Promise((resolve) => {
      tail.wake = resolve;
    });
  }
}

function pause(tail, milliseconds) {
  return new Promise((resolve) => {
    tail.wake = resolve;
    setTimeout(resolve, milliseconds * (0.75 + Math.random() / 2));
  });
}

async function connect(tail) {
  const stop = (tail.stop = new AbortController());
  const headers = { accept: "text/event-stream" };
  if (tail.position !== undefined) {
    headers["last-event-id"] = tail.position;
  }
  const response = await fetch(url("/live", { topics: tail.topics.join(",") }), { headers, signal: stop.signal });
  if (FINAL.has(response.status)) {
    return "refused";
  }
  if (!response.ok) {
    return "broken";
  }
  opened(tail);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  await read(reader, (event) => dispatch(tail, event), () => stop.abort());
  return "broken";
}

function opened(tail) {
  const isAgain = tail.breaks > 0;
  tail.tries = 0;
  show("live", said(tail));
  if (isAgain) {
    tail.resumed(0);
  }
}

async function read(reader, dispatchEvent, abort) {
  let buffer = "";
  for (;;) {
    const watch = setTimeout(abort, SILENCE_MAX);
    const { done, value } = await reader.read().finally(() => clearTimeout(watch));
    if (done) {
      return;
    }
    const events = (buffer + value).replaceAll("\r\n", "\n").split("\n\n");
    buffer = events.pop();
    events.forEach((text) => dispatchEvent(parse(text)));
  }
}

/** The fields of one event. */
function parse(text) {
  const event = { name: "message", data: [] };
  for (const line of text.split("\n")) {
    const [, field, value] = /^([^:]*):? ?(.*)$/.exec(line);
    if (field === "data") {
      event.data.push(value);
    } else if (field === "id") {
      event.id = value;
    } else if (field === "event") {
      event.name = value;
    }
  }
  return event;
}

function dispatch(tail, event) {
  if (event.id !== undefined) {
    tail.position = event.id;
  }
  if (event.data.length === 0) {
    return;
  }
  const envelope = JSON.parse(event.data.join("\n"));
  if (envelope.topic === "lost") {
    lose(tail, envelope.data);
  } else if (envelope.topic !== "hello") {
    tail.message(envelope);
  }
}

/** What was removed before it could be read is told as a number, and as "some" where the server cannot know it. */
function lose(tail, { count: amount }) {
  tail.lost = amount === undefined ? NaN : tail.lost + amount;
  show("live", said(tail));
  tail.resumed(amount ?? NaN);
}

function said({ lost }) {
  if (Number.isNaN(lost)) {
    return "Live, some messages lost";
  }
  return lost ? `Live, ${count(lost, "message")} lost` : "Live";
}

function show(state, text) {
  const live = at("live");
  live.dataset.state = state;
  live.querySelector(".text").textContent = text;
}
