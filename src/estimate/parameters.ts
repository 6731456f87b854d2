/** How many numbers a model has, and how many of them a tuning method trains. */

/** What the arithmetic needs of a model; a Hugging Face `config.json` says all of it. */
export interface ModelNumbers {
  layers: number;
  hiddenSize: number;
  intermediateSize: number;
  heads: number;
  keyValueHeads: number;
  headDim: number;
  vocabularySize: number;
  tiedEmbeddings: boolean;
  attentionBias: boolean;
  attentionOutputBias: boolean;
  mlpBias: boolean;
  queryKeyNorm: boolean;
}

/** What it needs of a method: the part of a recipe's `method` that changes shapes. */
export type MethodNumbers =
  | { name: "full" }
  | { name: "lora"; rank: number; dropout: number; targets: "all-linear" | "attention" | readonly string[] };

/** The linear layers of one block: how wide each one's input and output are. */
export function linearShapes(
  model: ModelNumbers,
): { name: string; in: number; out: number; bias: boolean }[] {
  const { hiddenSize, intermediateSize, attentionBias, attentionOutputBias, mlpBias } = model;
  const { queries, keys } = attentionWidths(model);
  return [
    { name: "q_proj", in: hiddenSize, out: queries, bias: attentionBias },
    { name: "k_proj", in: hiddenSize, out: keys, bias: attentionBias },
    { name: "v_proj", in: hiddenSize, out: keys, bias: attentionBias },
    { name: "o_proj", in: queries, out: hiddenSize, bias: attentionOutputBias },
    { name: "gate_proj", in: hiddenSize, out: intermediateSize, bias: mlpBias },
    { name: "up_proj", in: hiddenSize, out: intermediateSize, bias: mlpBias },
    { name: "down_proj", in: intermediateSize, out: hiddenSize, bias: mlpBias },
  ];
}

/** Width of all queries, and of all keys (which is that of all values). */
export function attentionWidths({ heads, keyValueHeads, headDim }: ModelNumbers): {
  queries: number;
  keys: number;
} {
  return { queries: heads * headDim, keys: keyValueHeads * headDim };
}

/** The linear layers that a method trains or puts an adapter beside. */
export function targetedLayers(model: ModelNumbers, method: MethodNumbers): ReturnType<typeof linearShapes> {
  const all = linearShapes(model);
  if (method.name === "full" || method.targets === "all-linear") return all;
  const { targets } = method;
  if (targets === "attention") return all.filter(({ name }) => /^[qkvo]_proj$/.test(name));
  return all.filter(({ name }) => targets.includes(name));
}

/** All parameters, the embedding table counted once when the output projection shares it. */
export function parameterCount(model: ModelNumbers): number {
  const { layers, hiddenSize, headDim, vocabularySize, tiedEmbeddings, queryKeyNorm } = model;
  const linears = linearShapes(model).reduce(
    (sum, each) => sum + each.in * each.out + (each.bias ? each.out : 0),
    0,
  );
  const norms = 2 * hiddenSize + (queryKeyNorm ? 2 * headDim : 0);
  return layers * (linears + norms) + hiddenSize + vocabularySize * hiddenSize * (tiedEmbeddings ? 1 : 2);
}

/** Parameters that training changes. LoRA: A [rank, in] and B [out, rank] beside each targeted layer. */
export function trainableCount(model: ModelNumbers, method: MethodNumbers): number {
  if (method.name === "full") return parameterCount(model);
  const widths = targetedLayers(model, method).reduce((sum, each) => sum + each.in + each.out, 0);
  return model.layers * method.rank * widths;
}
