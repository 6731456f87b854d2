/**
 * Where a model's parameters come from. The decoder asks for parameters and linear layers by their Hugging Face names;
 * a tuning method answers with frozen weights, trained inputs, or a frozen weight with an adapter beside it.
 */
import type { Graph } from "../graph/graph.ts";
import type { Value } from "../graph/value.ts";

export interface Parameters {
  /** A named parameter. */
  parameter(name: string, shape: readonly number[]): Value;
  /**
   * A linear layer: x [n, in] -> [n, out]. The weight is `${path}.weight` [out, in], as Hugging Face stores it.
   */
  linear(path: string, x: Value, outFeatures: number, bias: boolean): Value;
}

/** Every parameter is read through `parameter`; a linear layer is x Wᵀ + b. */
export function parametersFrom(g: Graph, parameter: Parameters["parameter"]): Parameters {
  return {
    parameter,
    linear(path, x, out, bias) {
      const weight = parameter(`${path}.weight`, [out, x.shape[1]!]);
      const product = g.matmul(x, weight, { transposeB: true });
      return bias ? g.add(product, parameter(`${path}.bias`, [out])) : product;
    },
  };
}

/** Every parameter is a weight mapped from the model's file. */
export function frozenParameters(g: Graph): Parameters {
  const known = new Map<string, Value>();
  return parametersFrom(g, (name, shape) => {
    let value = known.get(name);
    if (!value) {
      value = g.outside(() => g.weight(name, shape));
      known.set(name, value);
    }
    return value;
  });
}
