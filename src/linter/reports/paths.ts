/** Paths as people and tools read them. */
import { relative, sep } from "node:path";

/** Relative to the folder, with slashes, where the file lies in it. */
export function shownPath(path: string, folder: string): string {
  const below = relative(folder, path);
  return (below.startsWith("..") ? path : below).split(sep).join("/");
}
