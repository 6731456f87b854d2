/** Paths that an agent gives: of files in the workspace, and of nothing else. */
import { statSync } from "node:fs";
import { isAbsolute, join, relative, sep } from "node:path";
import { TunesmithError } from "../../protocol/errors.ts";
import { realPath } from "../runs/real-path.ts";

/**
 * The absolute path of a file that is there.
 *
 * @param given absolute, or relative to one of the folders
 * @throws `usage` for one outside the workspace, whatever links lead there; `file-not-found`
 */
export function fileInWorkspace(given: string, folders: readonly string[]): string {
  const candidates = isAbsolute(given) ? [given] : folders.map((folder) => join(folder, given));
  const inside = candidates.filter((path) =>
    folders.some((folder) => isInside(realPath(path), realPath(folder))),
  );
  if (inside.length === 0) {
    const hint =
      folders.length === 0
        ? "Ask the user to open a folder."
        : `Give a path inside of ${folders.join(" or ")}, relative to it or absolute.`;
    throw new TunesmithError("usage", `${given} is not in the workspace`, hint);
  }
  const found = inside.find((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
  if (found) return found;
  throw new TunesmithError("file-not-found", `there is no file ${inside.join(" or ")}`, "Check the path.");
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
