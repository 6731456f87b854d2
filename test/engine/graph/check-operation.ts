/**
 * Compares one case of an operation, value and gradient, with two independent witnesses: TensorFlow.js (pure
 * JavaScript, which sums in float64) and central differences of our own forward pass.
 */
import type { TestContext } from "node:test";
import * as tf from "@tensorflow/tfjs";
import { differentiate } from "../../../src/engine/graph/differentiate.ts";
import { gradientRules, notDifferentiable } from "../../../src/engine/graph/gradients.ts";
import { Graph } from "../../../src/engine/graph/graph.ts";
import type { Device } from "../../../src/engine/graph/lowering/index.ts";
import type { OperationName } from "../../../src/engine/graph/operations.ts";
import type { Value } from "../../../src/engine/graph/value.ts";
import { type Data, Session } from "../../../src/engine/runtime/session.ts";
import type { Case } from "./operation-cases.ts";
import { assertClose, compute, floats, type Tensor, writeWeights } from "./tensors.ts";

// TensorFlow.js would print an advertisement for its native package.
tf.env().set("IS_TEST", true);
await tf.setBackend("cpu");

/** Largest errors allowed, in units of the largest element. */
export interface Tolerances {
  value: number;
  gradient: number;
  /** Of the central differences, which are the less exact side; left out to do without them. */
  differences?: number;
}

export async function checkOperation(
  t: TestContext,
  operation: OperationName,
  example: Case,
  device: Device,
  tolerances: Tolerances,
): Promise<void> {
  const weights = writeWeights(t, new Map(example.weights?.map((tensor, i) => [`w${i}`, tensor])));
  const built = buildCase(operation, example);
  const options = { device, weights, threads: 1 };
  const actual = await compute(
    built.g,
    built.outputs,
    { ...built.feeds, cotangent: built.cotangent.data },
    options,
  );
  const expected = oracle(example, built.cotangent, built.differentiable);
  for (const [name, values] of Object.entries(expected)) {
    const tolerance = name.startsWith("gradient") ? tolerances.gradient : tolerances.value;
    assertClose(numbers(actual[name]!), values, tolerance, name);
  }
  if (!built.differentiable || tolerances.differences === undefined) return;
  const forward = await Session.create(built.g, { y: built.y }, options);
  t.after(() => forward.release());
  for (const [i, { data }] of example.inputs.entries()) {
    if (!(data instanceof Float32Array)) continue;
    const slopes = await differences(forward, built.feeds, `x${i}`, numbers(built.cotangent.data));
    const own = numbers(actual[`gradient${i}`]!);
    const places = [...slopes.keys()];
    assertClose(
      places.map((place) => own[place]!),
      [...slopes.values()],
      tolerances.differences,
      `gradient${i} against central differences, elements ${places}`,
    );
  }
}

export interface Built {
  g: Graph;
  /** The first result. */
  y: Value;
  /** `y`, `y1` … and the gradients of Σ cotangent · y, named `gradient0` … by the inputs, then the weights. */
  outputs: Record<string, Value>;
  feeds: Record<string, Data>;
  cotangent: Tensor;
  differentiable: boolean;
}

export function buildCase(operation: OperationName, example: Case): Built {
  const g = new Graph();
  const inputs = example.inputs.map(({ shape, data }, i) =>
    g.input(`x${i}`, shape, data instanceof Float32Array ? "float32" : "int64"),
  );
  const y = example.build(g, inputs);
  const nodes = g.nodes.filter((node) => node.operation === operation);
  if (nodes.length === 0) throw new Error(`the case does not use ${operation}`);
  const results = y.node.outputs.length > 1 ? y.node.outputs : [y];
  const outputs = Object.fromEntries(results.map((result, i) => [i === 0 ? "y" : `y${i}`, result]));
  const differentiable = gradientRules[operation] !== notDifferentiable;
  const cotangent = floats("cotangent", y.shape);
  const loss = g.sum(g.multiply(y, g.input("cotangent", y.shape)), [...y.shape.keys()]);
  if (differentiable) {
    const weights = (example.weights ?? []).map(
      (_, i) =>
        g.nodes.find((node) => node.operation === "weight" && node.attributes.name === `w${i}`)!.outputs[0]!,
    );
    const wanted = [...inputs, ...weights];
    const floating = wanted.filter((value) => value.dtype === "float32");
    differentiate(g, loss, floating).forEach((gradient, i) => {
      outputs[`gradient${wanted.indexOf(floating[i]!)}`] = gradient;
    });
  }
  const feeds = Object.fromEntries(example.inputs.map(({ data }, i) => [`x${i}`, data]));
  return { g, y, outputs, feeds, cotangent, differentiable };
}

/** What TensorFlow.js gets, by the names of our outputs. */
function oracle(
  example: Case,
  cotangent: Tensor,
  differentiable: boolean,
): Record<string, ArrayLike<number>> {
  const tensors = [...example.inputs, ...(example.weights ?? [])].map(({ shape, data }) =>
    data instanceof Float32Array
      ? tf.tensor(data, [...shape], "float32")
      : tf.tensor(Int32Array.from(data, Number), [...shape], "int32"),
  );
  const results: Record<string, ArrayLike<number>> = {};
  for (const [i, tensor] of [example.oracle(tensors)].flat().entries()) {
    results[i === 0 ? "y" : `y${i}`] = tensor.dataSync<"float32">();
  }
  if (!differentiable) return results;
  const floating = tensors.flatMap((tensor, i) => (tensor.dtype === "float32" ? [i] : []));
  const first = (...values: tf.Tensor[]) => {
    const whole = tensors.map((tensor, i) => values[floating.indexOf(i)] ?? tensor);
    return [example.oracle(whole)].flat()[0]!;
  };
  const gradients = tf.grads(first)(
    floating.map((i) => tensors[i]!),
    tf.tensor(numbers(cotangent.data), [...cotangent.shape]),
  );
  for (const [at, i] of floating.entries()) results[`gradient${i}`] = gradients[at]!.dataSync<"float32">();
  return results;
}

/** Elements of one input that are wiggled; all of them if there are no more. */
const probes = 24;

/**
 * The derivative of Σ cotangent · y with respect to single elements of a fed array, by the five-point formula. The sums
 * are over differences, in float64, so only the rounding of single results of the forward pass enters.
 */
async function differences(
  forward: Session,
  feeds: Record<string, Data>,
  input: string,
  cotangent: readonly number[],
): Promise<Map<number, number>> {
  const values = numbers(feeds[input]!);
  const slopes = new Map<number, number>();
  const stride = Math.max(1, Math.floor(values.length / probes));
  for (let place = 0; place < values.length; place += stride) {
    // A power of two, small beside the value where the value is small.
    const step = 2 ** (Math.abs(values[place]!) < 0.01 ? -12 : -6);
    const at = async (offset: number) => {
      const moved = Float32Array.from(values);
      moved[place] = values[place]! + offset;
      return numbers((await forward.run({ ...feeds, [input]: moved })).y!);
    };
    const [up, down, farUp, farDown] = [
      await at(step),
      await at(-step),
      await at(2 * step),
      await at(-2 * step),
    ];
    let slope = 0;
    for (const [i, weight] of cotangent.entries()) {
      slope += (weight * (8 * (up[i]! - down[i]!) - (farUp[i]! - farDown[i]!))) / (12 * step);
    }
    slopes.set(place, slope);
  }
  return slopes;
}

function numbers(data: Data): number[] {
  return Array.from<number | bigint, number>(data, Number);
}
