/** Reading the values of options. */
import { resolve } from "node:path";
import { TunesmithError } from "../protocol/errors.ts";
import { modelSource } from "../runs/recipe.ts";
import type { Given } from "./command.ts";

export function required({ values }: Given, option: string): string {
  const value = values[option];
  if (typeof value === "string" && value !== "") return value;
  throw new TunesmithError("usage", `--${option} is missing`, `Give --${option}.`);
}

/** A whole number from `least` on; undefined if the option is absent. */
export function wholeNumber({ values }: Given, option: string, least: number): number | undefined {
  const value = values[option];
  if (value === undefined) return undefined;
  const number = Number(value);
  if (Number.isSafeInteger(number) && number >= least) return number;
  throw new TunesmithError(
    "usage",
    `--${option} is ${JSON.stringify(value)}`,
    `Give a whole number from ${least} on.`,
  );
}

/** As in a recipe: "tiny", a folder (`./name`, `/name`), or a hub name. */
export function modelName(given: Given): string {
  const model = required(given, "model");
  const isFolder = /^(\.{0,2}[\\/]|[A-Za-z]:)/.test(model) || model === "." || model === "..";
  return isFolder && modelSource(model) !== "bundled" ? resolve(model) : model;
}
