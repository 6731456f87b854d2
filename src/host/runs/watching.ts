/** What tells of changes in folders of runs, and of folders that are not there yet. */
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { type FSWatcher, watch } from "chokidar";

/** Tells of whatever changes in the folders that are added to it, and in the folders of these. */
export type Watcher = Pick<FSWatcher, "add" | "close" | "on">;

/** Tells of what it finds at first as well: what comes and goes between our look and its own is told by nobody else. */
export function fileWatcher(): Watcher {
  return watch([], { depth: 1, ignorePermissionErrors: true });
}

export interface Waiting {
  close(): Promise<void>;
}

/**
 * Waits for a folder, such as the runs' before the first run: watches the nearest one above that is there, and the next
 * one down once that has come. `then` is called once.
 */
export function whenThere(folder: string, then: () => void): Waiting {
  const above = nearestAbove(folder);
  const watcher = watch(above, { depth: 0, ignorePermissionErrors: true });
  let next: Waiting | undefined;
  let isClosed = false;
  const close = async () => {
    isClosed = true;
    await Promise.all([watcher.close(), next?.close()]);
  };
  const look = () => {
    if (isClosed || next) return;
    if (existsSync(folder)) {
      void close();
      then();
    } else if (nearestAbove(folder) !== above) {
      void watcher.close();
      next = whenThere(folder, then);
    }
  };
  watcher.on("all", look).on("error", () => {});
  return { close };
}

function nearestAbove(folder: string): string {
  let above = dirname(folder);
  while (!existsSync(above) && above !== dirname(above)) above = dirname(above);
  return above;
}
