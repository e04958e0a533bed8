// A list of rows: loads pages, shows that it is loading, empty or failed, and lets j and k move through it.

import { get } from "./api.js";
import { at, el, replace } from "./dom.js";
import { onKey } from "./keys.js";
import { empty, failed, loading, ready } from "./states.js";

/** The most rows that stay on the page. */
const ROWS_MAX = 500;

export class List {
  /**
   * `id`: the list's place on the page. `key`: what tells items apart. `row`: what a row shows, as nodes. `open`: called with
   * the item of a row that is pressed. `none`: the text of an empty list.
   */
  constructor({ id, key, row, open, none, level }) {
    const root = at(id);
    this.rows = root.querySelector(".rows");
    this.state = root.querySelector(".state");
    this.more = root.querySelector(".more");
    Object.assign(this, { key, row, open, none, level, items: new Map() });
    this.more.addEventListener("click", () => this.#page(this.more.value));
    onKey("j", () => this.move(1));
    onKey("k", () => this.move(-1));
  }

  /** Shows what `path` lists, anew. */
  load(path, parameters = {}) {
    this.source = { path, parameters };
    return this.#page("");
  }

  reload() {
    return this.source && this.#page("");
  }

  /** Adds an item at the top, or puts it in the place of the one with its key. */
  upsert(item) {
    const isNew = !this.has(this.key(item));
    const row = this.#row(item);
    if (isNew) {
      row.classList.add("new");
      this.rows.prepend(row);
    }
    this.#settle();
  }

  remove(key) {
    const row = this.#find(key);
    if (row) {
      const hadFocus = row.contains(document.activeElement);
      const next = row.nextElementSibling ?? row.previousElementSibling;
      row.remove();
      hadFocus && next?.firstElementChild.focus();
      this.items.delete(key);
      this.#settle();
    }
  }

  has(key) {
    return this.items.has(key);
  }

  /** The item whose row has the focus. */
  current() {
    const row = document.activeElement?.closest("li[data-key]");
    return row ? this.items.get(row.dataset.key) : undefined;
  }

  move(by) {
    const rows = [...this.rows.children];
    const now = rows.findIndex((row) => row.contains(document.activeElement));
    const next = now < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(Math.max(now + by, 0), rows.length - 1);
    rows[next]?.firstElementChild.focus();
  }

  async #page(cursor) {
    const { path, parameters } = this.source;
    const asked = (this.asked = {});
    const isFirst = cursor === "";
    if (isFirst && this.items.size === 0) {
      loading(this.state);
    }
    try {
      const page = await get(path, { ...parameters, cursor });
      if (asked === this.asked) {
        this.#show(page, isFirst);
      }
    } catch (problem) {
      if (asked === this.asked) {
        this.#fail(problem, cursor);
      }
    }
  }

  #show(page, isFirst) {
    const focused = document.activeElement;
    const rows = page.items.map((item) => this.#row(item));
    if (isFirst) {
      this.items = new Map(page.items.map((item) => [this.key(item), item]));
      this.rows.replaceChildren(...rows);
    } else {
      this.rows.append(...rows);
    }
    this.more.hidden = !page.next;
    this.more.value = page.next ?? "";
    this.rows.contains(focused) && focused.focus();
    this.#settle();
  }

  #fail(problem, cursor) {
    if (cursor === "") {
      this.items.clear();
      this.rows.replaceChildren();
    }
    this.more.hidden = true;
    failed(this.state, problem, () => this.#page(cursor));
  }

  #settle() {
    while (this.rows.children.length > ROWS_MAX) {
      const last = this.rows.lastElementChild;
      this.items.delete(last.dataset.key);
      last.remove();
    }
    this.items.size ? ready(this.state) : empty(this.state, this.none);
  }

  /** The row of an item; one that is there stays the same node, so that the focus finds back to it. */
  #row(item) {
    const key = this.key(item);
    const row = this.#find(key) ?? this.#make(key);
    this.items.set(key, item);
    row.dataset.level = this.level?.(item) ?? "";
    replace(row.firstElementChild, this.row(item));
    return row;
  }

  #make(key) {
    const press = () => this.open(this.items.get(key));
    return el("li", { "data-key": key }, el("button", { class: "row", type: "button", on: { click: press } }));
  }

  #find(key) {
    return [...this.rows.children].find((row) => row.dataset.key === key);
  }
}
