/** A model ready to compute: a mapped base, and the arrays a tuning method put beside or in place of its own. */
import type { DecoderConfig } from "../../architectures/config.ts";
import type { Method, MethodContext } from "../../methods/method.ts";
import type { Graph } from "../graph/graph.ts";
import type { Value } from "../graph/value.ts";
import type { Data, MappedWeights } from "../runtime/session.ts";
import { frozenParameters, type Parameters, parametersFrom } from "./parameters.ts";

export interface TunedModel {
  config: DecoderConfig;
  weights: MappedWeights;
  method: Method;
  /** The method's arrays, by name. */
  arrays: ReadonlyMap<string, Float32Array>;
}

/** The graph input that holds a trained array. */
const trainedInput = (name: string) => `trained:${name}`;

/** The parameters of a method in a graph, with one input for every trained array that the graph reads. */
export function tunedParameters(
  g: Graph,
  config: DecoderConfig,
  method: Method,
  dropoutMask?: MethodContext["dropoutMask"],
): { parameters: Parameters; trained: ReadonlyMap<string, Value> } {
  const trained = new Map(
    method.trainables(config).map(({ name, shape }) => [name, g.input(trainedInput(name), shape)]),
  );
  const parameters = method.parameters({
    g,
    config,
    frozen: frozenParameters(g),
    parametersFrom: (parameter) => parametersFrom(g, parameter),
    trained: (name) => trained.get(name)!,
    dropoutMask,
  });
  return { parameters, trained };
}

/** What a session of that graph is fed. */
export function trainedFeeds(arrays: ReadonlyMap<string, Float32Array>): Record<string, Data> {
  return Object.fromEntries([...arrays].map(([name, data]) => [trainedInput(name), data]));
}
