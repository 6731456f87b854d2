/**
 * What a job was made from, by hash. Going on from a checkpoint is exact only with the same recipe, rows and base model,
 * and a comparison is fair only while the rows it asks are still those that training has not seen.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isJsonObject } from "../json/object.ts";
import { TunesmithError } from "../protocol/errors.ts";
import { readJson, writeJsonDurably } from "../runs/durable.ts";
import { files } from "../runs/layout.ts";
import type { TuningData } from "./data.ts";

/** Hashes by what they are of, in words. */
export type Inputs = Record<string, string>;

/** Of a tuning run. `base`: the base model by the recipe's name, and its fingerprint. */
export function tuningInputs(
  directory: string,
  data: TuningData,
  base: { name: string; hash: string },
): Inputs {
  const recipe = readFileSync(join(directory, files.recipe));
  return {
    "the recipe": createHash("sha256").update(recipe).digest("hex"),
    ...Object.fromEntries(data.files.map(({ path, fingerprint }) => [path, fingerprint])),
    [`the base model ${base.name}`]: base.hash,
  };
}

export function recordInputs(directory: string, inputs: Inputs): void {
  writeJsonDurably(join(directory, files.inputs), inputs);
}

/** @throws `run-inputs-changed` naming what differs from the record; `run-corrupt` without one */
export function requireSameInputs(directory: string, inputs: Inputs): void {
  const path = join(directory, files.inputs);
  let recorded: unknown;
  try {
    recorded = readJson(path);
  } catch {
    // Damaged is as good as missing.
  }
  if (!isJsonObject(recorded)) {
    throw new TunesmithError(
      "run-corrupt",
      `${path} is missing or damaged: nothing tells whether the rows and the model are still the same`,
      "Start the recipe again.",
    );
  }
  const changed = Object.keys(inputs).filter((name) => inputs[name] !== recorded[name]);
  if (changed.length === 0) return;
  throw new TunesmithError(
    "run-inputs-changed",
    `${changed.join(" and ")} changed since ${directory} began`,
    "Put back what was there, or start anew with what is there now.",
  );
}
