/**
 * Reverse-mode differentiation: adds to a graph the gradients of one scalar with respect to any of its values.
 *
 * Nodes are stored in the order they were added, so walking that list backwards visits every consumer of a value before
 * the value itself. Inside a segment (gradient checkpointing) rules are shown recomputed copies of the forward values.
 */
import { internalError } from "../../protocol/errors.ts";
import { type GradientRule, gradientRules, notDifferentiable } from "./gradients.ts";
import type { Graph } from "./graph.ts";
import type { OperationName } from "./operations.ts";
import { type Node, type NodeOf, sizeOf, type Value } from "./value.ts";

/**
 * @param loss one element
 * @param wanted the values to differentiate with respect to
 * @returns one gradient per wanted value, of that value's shape; zeros where the loss does not depend on it
 */
export function differentiate(g: Graph, loss: Value, wanted: readonly Value[]): Value[] {
  if (sizeOf(loss.shape) !== 1) throw internalError(`the loss must be one number, not [${loss.shape}]`);
  const forward = g.nodes.slice();
  const dependent = nodesDependingOn(forward, wanted);
  const recomputed = new Recomputation(g, forward.length);
  const gradients = new Map<Value, Value>([[loss, g.broadcast(g.scalar(1), loss.shape)]]);

  for (const node of forward.reverse()) {
    const gradient = gradients.get(node.outputs[0]!);
    if (!gradient || !dependent.has(node) || node.inputs.length === 0) continue;
    const thunks = rule(node)(g, recomputed.view(node), gradient);
    if (thunks.length !== node.inputs.length)
      throw internalError(`${node.operation} has ${thunks.length} gradients`);
    node.inputs.forEach((input, i) => {
      const thunk = thunks[i];
      if (!thunk || !dependent.has(input.node)) return;
      if (input.output > 0)
        throw internalError(`only the first output of ${input.node.operation} is differentiable`);
      const earlier = gradients.get(input);
      gradients.set(input, earlier ? g.add(earlier, thunk()) : thunk());
    });
  }
  return wanted.map((value) => gradients.get(value) ?? g.broadcast(g.scalar(0), value.shape));
}

function nodesDependingOn(nodes: readonly Node[], wanted: readonly Value[]): Set<Node> {
  const dependent = new Set(wanted.map((value) => value.node));
  for (const node of nodes) {
    if (node.inputs.some((input) => dependent.has(input.node))) dependent.add(node);
  }
  return dependent;
}

function rule<K extends OperationName>(node: NodeOf<K>): GradientRule<K> {
  const entry = gradientRules[node.operation];
  if (entry === notDifferentiable) throw internalError(`${node.operation} is not differentiable`);
  return entry as GradientRule<K>;
}

/** Hands out forward values to gradient rules: as they are, or computed again where they lie inside a segment. */
class Recomputation {
  readonly #graph: Graph;
  readonly #copies = new Map<Node, readonly Value[]>();
  readonly #leaving = new Set<Value>();

  constructor(graph: Graph, forwardNodes: number) {
    this.#graph = graph;
    for (const node of graph.nodes.slice(0, forwardNodes)) {
      for (const input of node.inputs) {
        if (input.node.segment !== node.segment) this.#leaving.add(input);
      }
    }
  }

  /** The node as a rule should see it. */
  view<K extends OperationName>(node: NodeOf<K>): NodeOf<K> {
    if (node.segment === undefined) return node;
    const inputs = node.inputs.map((input) => this.#value(input));
    // Outputs are recomputed only when a rule reads them.
    const outputs = node.outputs.map((output) => output);
    for (const [index, output] of outputs.entries()) {
      Object.defineProperty(outputs, index, { get: () => this.#value(output) });
    }
    return { ...node, inputs, outputs };
  }

  #value(value: Value): Value {
    const { node } = value;
    if (node.segment === undefined || this.#leaving.has(value)) return value;
    let copies = this.#copies.get(node);
    if (!copies) {
      const inputs = node.inputs.map((input) => this.#value(input));
      copies = this.#graph.applyAll(node.operation, inputs, node.attributes);
      this.#copies.set(node, copies);
    }
    return copies[value.output]!;
  }
}
