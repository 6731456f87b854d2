/**
 * LoRA (Hu et al., 2021): beside a frozen W, a trained product of two thin matrices, W x + scale · B (A x).
 * scale = alpha / rank, or alpha / √rank for rsLoRA (Kalajdzievski, 2023). B starts at zero, so training starts from the
 * base model. A starts as PEFT starts it: uniform within ±1/√in (Kaiming with a = √5). The files are PEFT's; its `r`,
 * `lora_alpha`, `lora_dropout`, `target_modules` and `use_rslora` are what the papers call rank, alpha and so on.
 */
import type { DecoderConfig } from "../architectures/config.ts";
import { blockLayers, type LinearLayer, linearLayers, linearNames } from "../architectures/layout.ts";
import { readPeftLora, writePeftLora } from "../files/peft.ts";
import { TunesmithError } from "../protocol/errors.ts";
import { choice, flag, integer, object } from "../protocol/schema-parts.ts";
import type { Adapter, Method, MethodContext, Trainable, TuningMethod } from "./method.ts";

export interface LoraSettings {
  name: "lora";
  /** Rows of A and columns of B. */
  rank: number;
  /** The update is scaled by alpha / rank (rsLora: alpha / √rank). */
  alpha: number;
  /** Share of the adapter's inputs set to zero in training, 0 … below 1. */
  dropout: number;
  targets: "all-linear" | "attention" | readonly string[];
  rsLora: boolean;
}

export const lora: TuningMethod<LoraSettings> = {
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
          { type: "array", minItems: 1, uniqueItems: true, items: { enum: linearNames } },
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
  create,
  open,
};

function create(settings: LoraSettings): Method {
  const { name, rank, alpha, dropout, rsLora } = settings;
  const scale = alpha / (rsLora ? Math.sqrt(rank) : rank);
  const modules = (config: DecoderConfig) =>
    targetLayers(config, settings).map((layer) => ({ ...layer, rank, scale }));
  return {
    name,
    result: "adapter",
    trainables: (config) => modules(config).flatMap(matrices),
    cost: (config) => {
      const targeted = new Set(targetLayers(config, settings).map((layer) => layer.name));
      const inBlock = blockLayers(config).filter((layer) => targeted.has(layer.name));
      return {
        trainsBase: false,
        inputsOf: targeted,
        separateInputs: dropout > 0,
        keptPerToken: rank * inBlock.length,
      };
    },
    parameters: (context) => withAdapters(context, modules(context.config), dropout),
    save(folder, config, { baseName, arrays }) {
      const layers = modules(config);
      const matrix = (array: string) => arrays.get(array)!;
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
async function open(folder: string, config: DecoderConfig): Promise<Adapter> {
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
      ...create({ name: "lora", rank: 0, alpha: 0, dropout: 0, targets: [], rsLora: false }),
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
  { g, frozen, trained, dropoutMask }: MethodContext,
  layers: readonly AdaptedLayer[],
  dropout: number,
) {
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
