/** The tiny model that comes with Tunesmith. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { internalError } from "../protocol/errors.ts";

/** `assets/tiny`, beside the package's own `package.json`, from the sources as from the bundle. */
export function bundledModel(): string {
  for (
    let folder = dirname(fileURLToPath(import.meta.url));
    dirname(folder) !== folder;
    folder = dirname(folder)
  ) {
    const path = join(folder, "assets", "tiny");
    if (existsSync(join(path, "config.json"))) return path;
  }
  throw internalError("the bundled model is missing from this installation");
}
