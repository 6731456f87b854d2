/**
 * Requests to a running job, through its directory: a job has no other channel. A request names the attempt it is meant
 * for, so one that comes too late is not obeyed by the next attempt, and nobody has to remove it.
 */
import { join } from "node:path";
import { isJsonObject } from "../json/object.ts";
import { readJson, writeJsonDurably } from "./durable.ts";
import { files } from "./layout.ts";

/** `pause`: save and end, to go on later. `stop`: save, keep what was learned as the result, and end. `resume`: neither, after all. */
export const requests = ["pause", "stop", "resume"] as const;
export type Request = (typeof requests)[number];

export function writeRequest(directory: string, attempt: number, request: Request): void {
  writeJsonDurably(join(directory, files.control), { attempt, request, time: Date.now() });
}

/** What is asked of an attempt; undefined without a (readable) request. */
export function readRequest(directory: string, attempt: number): Request | undefined {
  let value: unknown;
  try {
    value = readJson(join(directory, files.control));
  } catch {
    return undefined; // a damaged request is none: whoever asked can ask again
  }
  if (!isJsonObject(value) || value.attempt !== attempt) return undefined;
  return requests.find((request) => request === value.request);
}
