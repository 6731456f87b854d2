/** VS Code as a panel sees it: messages to and from the host, and the view's state, which outlives a reload. */
import type { Port } from "../../src/protocol/channel.ts";

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare const acquireVsCodeApi: () => VsCodeApi;

// It may be asked for only once.
const api = acquireVsCodeApi();

/** The port of the panel's channel. */
export const port: Port = {
  post: (message) => api.postMessage(message),
  listen: (receive) => addEventListener("message", ({ data }) => receive(data)),
};

/**
 * How the view looks to the person who set it up so: zoom, open sections, … Fields of another type than the default's
 * (an older version's) are ignored.
 */
export class ViewState<T extends object> {
  #value: T;

  constructor(defaults: T) {
    const kept = api.getState();
    const fits = ([name, value]: [string, unknown]) =>
      Object.hasOwn(defaults, name) && kindOf(value) === kindOf(defaults[name as keyof T]);
    const known = typeof kept === "object" && kept !== null ? Object.entries(kept).filter(fits) : [];
    this.#value = { ...defaults, ...Object.fromEntries(known) };
  }

  get value(): Readonly<T> {
    return this.#value;
  }

  set(changes: Partial<T>): void {
    this.#value = { ...this.#value, ...changes };
    api.setState(this.#value);
  }
}

function kindOf(value: unknown): string {
  // A range that is not set is null and may come as an array; so may any other default that is null.
  if (value === null || Array.isArray(value)) return "array";
  return typeof value;
}
