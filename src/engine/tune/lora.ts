/**
 * LoRA (Hu et al., 2021): beside a frozen W, a trained product of two thin matrices, W x + scale · B (A x).
 * scale = alpha / rank, or alpha / √rank for rsLoRA (Kalajdzievski, 2023). B starts at zero, so training starts from the
 * base model. A starts as PEFT starts it: uniform within ±1/√in (Kaiming with a = √5). Names and files are PEFT's.
 */
import { writePeftLora } from "../../files/peft.ts";
import { TunesmithError } from "../../protocol/errors.ts";
import type { DecoderConfig } from "../model/config.ts";
import { type LinearLayer, linearLayers } from "../model/layout.ts";
import { frozenParameters } from "../model/parameters.ts";
import type { Method } from "./method.ts";

export interface LoraSettings {
  rank: number;
  alpha: number;
  /** Share of the adapter's inputs that is zeroed in training. */
  dropout: number;
  targets: "all-linear" | "attention" | readonly string[];
  rsLora: boolean;
}

export function lora(settings: LoraSettings): Method {
  const { rank, alpha, dropout, rsLora } = settings;
  const scale = alpha / (rsLora ? Math.sqrt(rank) : rank);
  return {
    name: "lora",

    trainables: (config) =>
      targetLayers(config, settings).flatMap(({ path, inFeatures, outFeatures }) => [
        {
          name: `${path}.lora_A`,
          shape: [rank, inFeatures],
          decay: true,
          initial: { bound: 1 / Math.sqrt(inFeatures) },
        },
        { name: `${path}.lora_B`, shape: [outFeatures, rank], decay: true, initial: "zeros" },
      ]),

    parameters({ g, config, trained, dropoutMask }) {
      const frozen = frozenParameters(g);
      const targets = new Set(targetLayers(config, settings).map((layer) => layer.path));
      return {
        parameter: frozen.parameter,
        linear(path, x, out, bias) {
          const base = frozen.linear(path, x, out, bias);
          if (!targets.has(path)) return base;
          const mask = dropout > 0 ? dropoutMask?.(x.shape, dropout) : undefined;
          const input = mask ? g.multiply(x, mask) : x;
          const down = g.matmul(input, trained(`${path}.lora_A`), { transposeB: true });
          return g.add(base, g.matmul(down, trained(`${path}.lora_B`), { transposeB: true, alpha: scale }));
        },
      };
    },

    save(folder, config, { baseName, arrays }) {
      const layers = targetLayers(config, settings);
      return writePeftLora(folder, {
        rank,
        alpha,
        dropout,
        rsLora,
        baseModel: baseName,
        targetModules: [...new Set(layers.map((layer) => layer.name))],
        tensors: new Map(
          layers.map(({ path }) => [
            path,
            { A: arrays.get(`${path}.lora_A`)!, B: arrays.get(`${path}.lora_B`)! },
          ]),
        ),
      });
    },
  };
}

const attentionLayers = ["q_proj", "k_proj", "v_proj", "o_proj"];

function targetLayers(config: DecoderConfig, { targets }: LoraSettings): LinearLayer[] {
  const layers = linearLayers(config);
  if (targets === "all-linear") return layers;
  const wanted = targets === "attention" ? attentionLayers : targets;
  const unknown = wanted.find((name) => !layers.some((layer) => layer.name === name));
  if (unknown !== undefined) {
    throw new TunesmithError(
      "recipe-invalid",
      `method.targets names "${unknown}", which is no linear layer of ${config.architecture}`,
      `Linear layers are ${[...new Set(layers.map((layer) => layer.name))].join(", ")}.`,
    );
  }
  return layers.filter((layer) => wanted.includes(layer.name));
}
