/**
 * LoRA (Hu et al., 2021): beside a frozen W, a trained product of two thin matrices, W x + scale · B (A x).
 * scale = alpha / rank, or alpha / √rank for rsLoRA (Kalajdzievski, 2023). B starts at zero, so training starts from the
 * base model. A starts as PEFT starts it: uniform within ±1/√in (Kaiming with a = √5). Names and files are PEFT's.
 */
import { readPeftLora, writePeftLora } from "../../files/peft.ts";
import { TunesmithError } from "../../protocol/errors.ts";
import type { DecoderConfig } from "../model/config.ts";
import { type LinearLayer, linearLayers } from "../model/layout.ts";
import { frozenParameters } from "../model/parameters.ts";
import type { Adapter, Method, MethodContext, Trainable } from "./method.ts";

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
  const modules = (config: DecoderConfig) =>
    targetLayers(config, settings).map((layer) => ({ ...layer, rank, scale }));
  return {
    name: "lora",
    trainables: (config) => modules(config).flatMap(matrices),
    parameters: (context) => withAdapters(context, modules(context.config), dropout),
    save(folder, config, { baseName, arrays }) {
      const layers = modules(config);
      const matrix = (name: string) => arrays.get(name)!;
      return writePeftLora(folder, {
        rank,
        alpha,
        dropout,
        rsLora,
        baseModel: baseName,
        targetModules: [...new Set(layers.map((layer) => layer.name))],
        tensors: new Map(
          layers.map(({ path }) => [path, { A: matrix(`${path}.lora_A`), B: matrix(`${path}.lora_B`) }]),
        ),
      });
    },
  };
}

/**
 * Opens a PEFT folder as a method and its arrays; each module has its own rank and scale there.
 * @throws `adapter-invalid` if a module is no linear layer of this model, or of another size
 */
export async function openLora(folder: string, config: DecoderConfig): Promise<Adapter> {
  const { modules } = await readPeftLora(folder);
  const layers = new Map(linearLayers(config).map((layer) => [layer.path, layer]));
  const arrays = new Map<string, Float32Array>();
  const adapted = [...modules].map(([path, { A, B, rank, scale }]) => {
    const layer = layers.get(path);
    if (layer?.inFeatures !== A.shape[1] || layer.outFeatures !== B.shape[0]) {
      throw new TunesmithError(
        "adapter-invalid",
        layer
          ? `${folder}: the adapter of ${path} is for ${A.shape[1]} → ${B.shape[0]} features, the model has ${layer.inFeatures} → ${layer.outFeatures}`
          : `${folder}: the adapter changes ${path}, which this model does not have`,
        "An adapter works on the base model it was trained on; adapter_config.json names it.",
      );
    }
    arrays.set(`${path}.lora_A`, A.data).set(`${path}.lora_B`, B.data);
    return { ...layer, rank, scale };
  });
  return {
    method: {
      ...lora({ rank: 0, alpha: 0, dropout: 0, targets: [], rsLora: false }),
      trainables: () => adapted.flatMap(matrices),
      parameters: (context) => withAdapters(context, adapted, 0),
    },
    arrays,
  };
}

interface AdaptedLayer extends LinearLayer {
  rank: number;
  scale: number;
}

function matrices({ path, inFeatures, outFeatures, rank }: AdaptedLayer): Trainable[] {
  return [
    {
      name: `${path}.lora_A`,
      shape: [rank, inFeatures],
      decay: true,
      initial: { bound: 1 / Math.sqrt(inFeatures) },
    },
    { name: `${path}.lora_B`, shape: [outFeatures, rank], decay: true, initial: "zeros" },
  ];
}

function withAdapters(
  { g, trained, dropoutMask }: MethodContext,
  layers: readonly AdaptedLayer[],
  dropout: number,
) {
  const frozen = frozenParameters(g);
  const scales = new Map(layers.map(({ path, scale }) => [path, scale]));
  const linear: typeof frozen.linear = (path, x, out, bias) => {
    const base = frozen.linear(path, x, out, bias);
    const scale = scales.get(path);
    if (scale === undefined) return base;
    const mask = dropout > 0 ? dropoutMask?.(x.shape, dropout) : undefined;
    const down = g.matmul(mask ? g.multiply(x, mask) : x, trained(`${path}.lora_A`), { transposeB: true });
    return g.add(base, g.matmul(down, trained(`${path}.lora_B`), { transposeB: true, alpha: scale }));
  };
  return { parameter: frozen.parameter, linear };
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
