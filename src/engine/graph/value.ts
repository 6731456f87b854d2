/** Nodes and values: the data structure every file in this folder works on. */
import type { OperationName, Operations } from "./operations.ts";

export type DataType = "float32" | "int64" | "int32" | "bool";

/** One result of one node: a typed array of known shape. */
export interface Value {
  readonly node: Node;
  /** Which of the node's outputs this is. */
  readonly output: number;
  readonly shape: readonly number[];
  readonly dtype: DataType;
}

/** One operation applied to values. */
export type Node = { [K in OperationName]: NodeOf<K> }[OperationName];

export interface NodeOf<K extends OperationName> {
  readonly id: number;
  readonly operation: K;
  readonly inputs: readonly Value[];
  readonly attributes: Operations[K];
  readonly outputs: Value[];
  /** The recomputed segment this node belongs to, if any (see `Graph.segment`). */
  readonly segment: number | undefined;
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}
