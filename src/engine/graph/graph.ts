/**
 * A graph under construction. Every method adds one operation, checks its shapes at once and returns its value; models,
 * losses, optimizers and gradients are all written with these methods.
 */
import { internalError } from "../../protocol/errors.ts";
import type { OperationName, Operations } from "./operations.ts";
import { type Signature, shapeRules } from "./shapes.ts";
import { type DataType, type Node, type NodeOf, sameShape, type Value } from "./value.ts";

export class Graph {
  readonly nodes: Node[] = [];
  readonly #scalars = new Map<number, Value>();
  #segment: number | undefined;
  #segments = 0;

  // --- leaves -------------------------------------------------------------------------------------------------------

  /** An array that is fed at every run. */
  input(name: string, shape: readonly number[], dtype: DataType = "float32"): Value {
    return this.apply("input", [], { name, shape, dtype });
  }

  /** A frozen float32 array, found by its name among the mapped weights. */
  weight(name: string, shape: readonly number[]): Value {
    return this.apply("weight", [], { name, shape });
  }

  constant(data: Float32Array | BigInt64Array | Int32Array, shape: readonly number[]): Value {
    return this.apply("constant", [], { data, shape });
  }

  /** A float32 scalar; the same number is stored once. */
  scalar(number: number): Value {
    let value = this.#scalars.get(number);
    if (!value) {
      value = this.outside(() => this.constant(Float32Array.of(number), []));
      this.#scalars.set(number, value);
    }
    return value;
  }

  // --- elementwise --------------------------------------------------------------------------------------------------

  add = (a: Value, b: Value): Value => this.apply("add", [a, b], {});
  subtract = (a: Value, b: Value): Value => this.apply("subtract", [a, b], {});
  multiply = (a: Value, b: Value): Value => this.apply("multiply", [a, b], {});
  divide = (a: Value, b: Value): Value => this.apply("divide", [a, b], {});
  negate = (x: Value): Value => this.apply("negate", [x], {});
  squareRoot = (x: Value): Value => this.apply("squareRoot", [x], {});
  sigmoid = (x: Value): Value => this.apply("sigmoid", [x], {});
  silu = (x: Value): Value => this.apply("silu", [x], {});

  // --- linear algebra, layout, reductions ---------------------------------------------------------------------------

  matmul(a: Value, b: Value, options: Partial<Operations["matmul"]> = {}): Value {
    return this.apply("matmul", [a, b], { transposeA: false, transposeB: false, alpha: 1, ...options });
  }

  reshape(x: Value, shape: readonly number[]): Value {
    if (sameShape(x.shape, shape)) return x;
    const { operation, inputs } = x.node;
    // Of a reshape, only what came before it counts. Every node has its price where one token is decoded at a time.
    return operation === "reshape" ? this.reshape(inputs[0]!, shape) : this.apply("reshape", [x], { shape });
  }

  transpose(x: Value, permutation: readonly number[]): Value {
    const moved = permutation.filter((axis) => x.shape[axis] !== 1);
    const inOrder = moved.every((axis, i) => i === 0 || moved[i - 1]! < axis);
    const complete = new Set(permutation).size === x.shape.length;
    if (!inOrder || !complete) return this.apply("transpose", [x], { permutation });
    // Only axes of length 1 change places: the numbers lie as before.
    return this.reshape(
      x,
      permutation.map((axis) => x.shape[axis]!),
    );
  }

  slice = (x: Value, axis: number, start: number, end: number): Value =>
    this.apply("slice", [x], { axis, start, end });

  concat = (values: readonly Value[], axis: number): Value => this.apply("concat", values, { axis });

  broadcast(x: Value, shape: readonly number[]): Value {
    return sameShape(x.shape, shape) ? x : this.apply("broadcast", [x], { shape });
  }

  sum = (x: Value, axes: readonly number[]): Value =>
    axes.length === 0 ? x : this.apply("sum", [x], { axes });
  mean = (x: Value, axes: readonly number[]): Value =>
    axes.length === 0 ? x : this.apply("mean", [x], { axes });
  softmax = (x: Value): Value => this.apply("softmax", [x], {});

  // --- indexing -----------------------------------------------------------------------------------------------------

  gather = (table: Value, indices: Value): Value => this.apply("gather", [table, indices], {});
  scatterAdd = (updates: Value, indices: Value, rows: number): Value =>
    this.apply("scatterAdd", [updates, indices], { rows });

  // --- loss ---------------------------------------------------------------------------------------------------------

  crossEntropy = (logits: Value, labels: Value): Value => this.apply("crossEntropy", [logits, labels], {});

  // --- decoder units ------------------------------------------------------------------------------------------------

  rmsNorm = (x: Value, gain: Value, epsilon: number): Value => this.apply("rmsNorm", [x, gain], { epsilon });
  rotary = (x: Value, cosines: Value, sines: Value, positions: Value): Value =>
    this.apply("rotary", [x, cosines, sines, positions], {});

  // --- building blocks for the above --------------------------------------------------------------------------------

  /** Adds a node and returns its first output. */
  apply<K extends OperationName>(operation: K, inputs: readonly Value[], attributes: Operations[K]): Value {
    return this.applyAll(operation, inputs, attributes)[0]!;
  }

  /** Adds a node and returns all its outputs. */
  applyAll<K extends OperationName>(
    operation: K,
    inputs: readonly Value[],
    attributes: Operations[K],
  ): readonly Value[] {
    const signatures: Signature[] = shapeRules[operation](inputs, attributes);
    const node: NodeOf<K> = {
      id: this.nodes.length,
      operation,
      inputs,
      attributes,
      outputs: [],
      segment: this.#segment,
    };
    const added = node as Node;
    signatures.forEach((signature, output) => {
      node.outputs.push({ node: added, output, ...signature });
    });
    this.nodes.push(added);
    return node.outputs;
  }

  /**
   * Gradient checkpointing (Chen et al., 2016): what `build` adds is not kept for the backward pass but computed again
   * there; only what enters and leaves the segment is kept.
   */
  segment<T>(build: () => T): T {
    if (this.#segment !== undefined) throw internalError("segments do not nest");
    this.#segment = this.#segments++;
    try {
      return build();
    } finally {
      this.#segment = undefined;
    }
  }

  /** Adds nodes that belong to no segment, such as leaves that several segments share. */
  outside<T>(build: () => T): T {
    const segment = this.#segment;
    this.#segment = undefined;
    try {
      return build();
    } finally {
      this.#segment = segment;
    }
  }
}
