/** The run that an agent means. */
import { basename } from "node:path";
import { TunesmithError } from "../../protocol/errors.ts";
import { nearest } from "../../protocol/suggest.ts";
import type { KnownRun, RunStore } from "../runs/store.ts";

/**
 * @param given a run's id, its directory, or its name, of which the newest is meant
 * @throws `run-not-found`, with those there are
 */
export function findKnownRun(given: string, store: RunStore): KnownRun {
  const names = store.runs.map(({ info }) => basename(info.run));
  const found =
    store.runs.find(({ info }) => info.run === given || basename(info.run) === given) ??
    store.runs.find(({ info }) => info.name === given);
  if (found) return found;
  const near = nearest(given, [...names, ...store.runs.map(({ info }) => info.name)]);
  const hint = near
    ? `Did you mean "${near}"?`
    : names.length > 0
      ? `There are ${names.join(", ")}.`
      : "There are no runs in this workspace yet: tunesmith_start starts one.";
  throw new TunesmithError("run-not-found", `there is no run "${given}"`, hint);
}
