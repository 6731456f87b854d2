/** The browser that tests drive: CHROMIUM, or what is installed under one of its usual names. */
import { existsSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";

export const chromiumPath = [process.env.CHROMIUM ?? "chromium", "chromium-browser", "google-chrome"]
  .flatMap((name) => [name, ...process.env.PATH!.split(delimiter).map((folder) => join(folder, name))])
  .find((path) => isAbsolute(path) && existsSync(path));

/** Why a test has to be skipped, or `false`. */
export const withoutChromium =
  chromiumPath === undefined && "no Chromium: install it, or set CHROMIUM to its path";
