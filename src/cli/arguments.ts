/** Reading the values of options. */
import { resolve } from "node:path";
import { TunesmithError } from "../protocol/errors.ts";
import { resolveModel } from "../runs/recipe.ts";
import type { Given } from "./command.ts";

export function required({ values }: Given, option: string): string {
  const value = values[option];
  if (typeof value === "string") return value;
  throw new TunesmithError("usage", `--${option} is missing`, `Give --${option}.`);
}

/** A whole number from `least` on; undefined if the option is absent. */
export function wholeNumber({ values }: Given, option: string, least: number): number | undefined {
  const value = values[option];
  if (value === undefined) return undefined;
  const number = Number(value);
  if (typeof value === "string" && /^\d+$/.test(value) && Number.isSafeInteger(number) && number >= least) {
    return number;
  }
  throw new TunesmithError(
    "usage",
    `--${option} is ${JSON.stringify(value)}`,
    `Give a whole number from ${least} on.`,
  );
}

/** A number from 0 on, as written by people: no exponents, no infinity. */
export function positiveNumber(given: Given, option: string): number {
  const value = required(given, option);
  if (/^(\d+\.?\d*|\.\d+)$/.test(value)) return Number(value);
  throw new TunesmithError("usage", `--${option} is ${JSON.stringify(value)}`, "Give a number from 0 on.");
}

/** The absolute path that an option gives; undefined if it is absent. */
export function path({ values }: Given, option: string): string | undefined {
  const value = values[option];
  return typeof value === "string" ? resolve(value) : undefined;
}

/** As in a recipe: "tiny", a folder, or a hub name. */
export function modelName(given: Given): string {
  return resolveModel(required(given, "model"), process.cwd());
}
