/** One name for one folder: runs are known by their paths, and a workspace may be reached through links. */
import { realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

/** The path without links, of what is not there yet as well. */
export function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(resolve(path));
    return parent === resolve(path) ? parent : join(realPath(parent), basename(path));
  }
}
