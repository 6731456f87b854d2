/**
 * LoRA's settings: Hu et al. 2021 (W + alpha/rank · B·A); rsLoRA: Kalajdzievski 2023 (alpha/√rank).
 * Names follow the paper; PEFT's `r`, `lora_alpha`, `lora_dropout`, `target_modules`, `use_rslora` are the same things.
 */
import { choice, flag, integer, object } from "../schema-parts.ts";
import type { MethodSettings } from "./index.ts";

/** The linear layers of a block, as Hugging Face names them in every architecture supported here. */
export const linearLayers = [
  "q_proj",
  "k_proj",
  "v_proj",
  "o_proj",
  "gate_proj",
  "up_proj",
  "down_proj",
] as const;

export interface LoraSettings {
  name: "lora";
  /** Rows of A and columns of B. */
  rank: number;
  /** The update is scaled by alpha / rank (rsLora: alpha / √rank). */
  alpha: number;
  /** Share of the adapter's inputs set to zero in training, 0 … below 1. */
  dropout: number;
  targets: "all-linear" | "attention" | (typeof linearLayers)[number][];
  rsLora: boolean;
}

export const lora: MethodSettings<LoraSettings> = {
  schema: object(
    "LoRA: trains small low-rank matrices beside the frozen weights.",
    {
      name: choice("The tuning method.", ["lora"]),
      rank: integer("Rank of the update; more learns more and costs more.", 1, 1024, 16),
      alpha: {
        type: "number",
        exclusiveMinimum: 0,
        maximum: 65536,
        description: "Scale: the update counts alpha/rank times. Twice the rank when left out.",
      },
      dropout: {
        type: "number",
        minimum: 0,
        exclusiveMaximum: 1,
        default: 0,
        description: "Share of the adapter's inputs set to zero in training.",
      },
      targets: {
        anyOf: [
          { enum: ["all-linear", "attention"] },
          { type: "array", minItems: 1, uniqueItems: true, items: { enum: linearLayers } },
        ],
        default: "all-linear",
        description: "Which linear layers get an adapter.",
      },
      rsLora: flag("Scale by alpha/√rank, so that a high rank still learns (rsLoRA).", false),
    },
    ["name"],
  ),
  learningRate: 2e-4,
  complete: (given) => ({ ...given, alpha: given.alpha ?? 2 * given.rank }),
};
