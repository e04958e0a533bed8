// Asks the server; whatever goes wrong comes as a `Problem`.

const BASE = "/api/v1";
/** How long an answer may take, in milliseconds. */
const PATIENCE = 15_000;

/** Why a request failed: problem details (RFC 9457), or that there was no answer. */
export class Problem extends Error {
  constructor(fields) {
    super(fields.detail || fields.title);
    this.title = fields.title;
    this.status = fields.status ?? 0;
    this.code = fields.code;
    this.detail = fields.detail ?? "";
    this.field = fields.field;
    this.found = fields.found;
    this.requestId = fields.request_id;
  }
}

/** The answer to GET; parameters that are empty are left out. */
export function get(path, parameters = {}) {
  return ask("GET", path + query(parameters));
}

export function post(path, body = {}) {
  return ask("POST", path, body);
}

export function remove(path) {
  return ask("DELETE", path);
}

/** The parameters as they stand in a URL, from the question mark on. */
export function query(parameters) {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const one of [value].flat()) {
      if (one !== "" && one !== null && one !== undefined) {
        search.append(name, one);
      }
    }
  }
  return search.size ? `?${search}` : "";
}

/** The full path of a route, for what is no request of its own. */
export function url(path, parameters = {}) {
  return BASE + path + query(parameters);
}

async function ask(method, path, body) {
  const request = { method, headers: { accept: "application/json" }, signal: AbortSignal.timeout(PATIENCE) };
  if (body !== undefined) {
    request.headers["content-type"] = "application/json";
    request.body = JSON.stringify(body);
  }
  const response = await fetch(BASE + path, request).catch((error) => {
    throw unreachable(error);
  });
  if (!response.ok) {
    throw await refused(response);
  }
  return response.status === 204 ? null : response.json();
}

function unreachable(error) {
  const late = error.name === "TimeoutError";
  return new Problem({
    code: late ? "no_answer" : "unreachable",
    title: late ? "The server did not answer in time" : "The server cannot be reached",
  });
}

async function refused(response) {
  const fields = await response.json().catch(() => ({}));
  return new Problem({
    code: "unexplained",
    title: `The server answered ${response.status}`,
    status: response.status,
    request_id: response.headers.get("x-request-id"),
    ...fields,
  });
}
