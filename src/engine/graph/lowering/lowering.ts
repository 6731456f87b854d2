/** What a lowering rule is: how one of our operations becomes ONNX nodes on one kind of device. */
import type { OperationName } from "../operations.ts";
import type { NodeOf, Value } from "../value.ts";

/** An ONNX attribute. Numbers are integers unless wrapped, since ONNX tells `1` from `1.0`. */
export type Attribute = number | readonly number[] | { float: number } | string;

/** Collects the ONNX nodes of one of our operations. Names are ONNX value names. */
export interface Emitter {
  /** Adds one ONNX node with one output. */
  emit(
    type: string,
    inputs: readonly string[],
    attributes?: Record<string, Attribute>,
    domain?: string,
  ): string;
  /** Adds an ONNX node that produces one of the operation's results. */
  resultAt(
    output: number,
    type: string,
    inputs: readonly string[],
    attributes?: Record<string, Attribute>,
  ): string;
  /** Adds the ONNX node that produces all of the operation's results. */
  result(
    type: string,
    inputs: readonly string[],
    attributes?: Record<string, Attribute>,
    domain?: string,
  ): void;
  /** The name of a small int64 tensor (shapes, axes). */
  integers(values: readonly number[]): string;
  /** The name of a float32 scalar. */
  scalar(value: number): string;
  /** The name of any value before this operation, for rules that take two operations as one. */
  nameOf(value: Value): string;
  /** Whether nothing but this operation reads a value; its own node is then left out if this rule does not read it either. */
  isReadOnce(value: Value): boolean;
}

/** `inputs` are the ONNX names of the node's inputs. Leaves are encoded elsewhere. */
export type LoweringRule<K extends OperationName> = (
  e: Emitter,
  inputs: readonly string[],
  node: NodeOf<K>,
) => void;

export type Leaf = "input" | "weight" | "constant";

/** Total: a device that lacks a rule for an operation does not compile. */
export type Lowering = { readonly [K in Exclude<OperationName, Leaf>]: LoweringRule<K> };

export const microsoft = "com.microsoft";
