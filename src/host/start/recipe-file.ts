/**
 * A recipe as the wizard writes it: beside its dataset, with relative paths, and never over another one. It names no
 * `$schema`: the editor knows *.tune.json by its name, and an address that it cannot fetch would hide what it knows.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { readAs } from "../../linter/project.ts";
import { TunesmithError } from "../../protocol/errors.ts";
import { asWriteError, errorCode } from "../../protocol/refusals.ts";
import { modelSource } from "../../runs/recipe.ts";
import { recipeSuffix } from "../contributions.ts";
import type { RunSettings } from "./flow.ts";

export function recipeText(dataset: string, { model, method, train }: RunSettings): string {
  const recipe = {
    model: modelSource(model) === "folder" ? relativePath(dirname(dataset), model) : model,
    data: { train: basename(dataset), ...readAs(dataset) },
    method,
    train,
  };
  return `${JSON.stringify(recipe, null, 2)}\n`;
}

export function recipePath(dataset: string, name: string): string {
  return join(dirname(dataset), `${name}${recipeSuffix}`);
}

/** "support", or "support-2" and so on where that holds another recipe. */
export function freeRecipeName(dataset: string, text: string): string {
  const stem = basename(dataset).replace(/\.[^.]+$/, "");
  for (let number = 1; ; number++) {
    const name = number === 1 ? stem : `${stem}-${number}`;
    if (!isTaken(recipePath(dataset, name), text)) return name;
  }
}

/** Whether a file of this name holds something else. */
export function isTaken(path: string, text: string): boolean {
  return existsSync(path) && readFileSync(path, "utf8") !== text;
}

/** @throws `run-state` where another recipe has the name; `disk-full`, `file-unwritable` */
export function writeRecipe(path: string, text: string): void {
  try {
    writeFileSync(path, text, { flag: "wx" });
  } catch (error) {
    if (errorCode(error) !== "EEXIST") {
      rmSync(path, { force: true });
      throw asWriteError(error, path);
    }
    if (!isTaken(path, text)) return;
    throw new TunesmithError("run-state", `${path} holds another recipe`, "Give this one another name.");
  }
}

/** As every system reads it, and never like a name on the hub. */
function relativePath(from: string, to: string): string {
  const path = relative(from, to).split(sep).join("/");
  return /^(\.\.?\/|\/|[A-Za-z]:)/.test(path) ? path : `./${path}`;
}
