/**
 * Encodes a graph as an ONNX model (onnx.proto3, IR version 10, opset 23; field numbers in the comments).
 *
 * Nodes are written last first. ONNX Runtime ignores the order in the file except for one thing: it schedules by a
 * depth-first walk from the results, taking the highest node number first (GraphViewer, ReverseDFSFrom). Reversed, that
 * walk is the order in which we added the nodes, each as late as its consumer allows. So backward nodes run as soon as
 * they can and free what they read, and a recomputed segment runs just before it is needed.
 */
import protobuf from "protobufjs/minimal.js";
import { internalError } from "../../protocol/errors.ts";
import type { Graph } from "./graph.ts";
import { type Device, lowerings } from "./lowering/index.ts";
import type { Attribute, Emitter, Leaf, Lowering, LoweringRule } from "./lowering/lowering.ts";
import type { OperationName } from "./operations.ts";
import type { DataType, Node, NodeOf, Value } from "./value.ts";

/** Where the bytes of a weight lie: a file in the folder given to the session, and a range of it. */
export interface WeightLocation {
  file: string;
  offset: number;
  byteLength: number;
}

export interface EncodedGraph {
  bytes: Uint8Array;
  inputs: Record<string, { shape: readonly number[]; dtype: DataType }>;
  outputs: Record<string, { shape: readonly number[]; dtype: DataType }>;
  /** Names of the mapped weights that the graph reads. */
  weights: string[];
}

/**
 * @param outputs the values to return, by name; what they do not need is left out
 * @param locate where each weight lies
 */
export function encodeOnnx(
  graph: Graph,
  outputs: Record<string, Value>,
  device: Device,
  locate: (weight: string) => WeightLocation,
): EncodedGraph {
  return new Encoder(device, locate).encode(graph, outputs);
}

const elementTypes: Record<DataType, number> = { float32: 1, int32: 6, int64: 7, bool: 9 };

interface OnnxNode {
  type: string;
  inputs: readonly string[];
  outputs: readonly string[];
  attributes?: Record<string, Attribute>;
  domain?: string;
}

class Encoder {
  readonly #lowering: Lowering;
  readonly #locate: (weight: string) => WeightLocation;
  readonly #names = new Map<Value, string>();
  readonly #nodes: OnnxNode[] = [];
  readonly #initializers: Uint8Array[] = [];
  readonly #small = new Map<string, string>();
  readonly #inputs: EncodedGraph["inputs"] = {};
  readonly #weights: string[] = [];
  readonly #readers = new Map<Value, number>();
  #temporaries = 0;

  constructor(device: Device, locate: (weight: string) => WeightLocation) {
    this.#lowering = lowerings[device];
    this.#locate = locate;
  }

  encode(graph: Graph, outputs: Record<string, Value>): EncodedGraph {
    const needed = ancestors(Object.values(outputs));
    for (const [name, value] of Object.entries(outputs)) {
      if (value.node.inputs.length > 0 && !this.#names.has(value)) this.#names.set(value, name);
    }
    const nodes = graph.nodes.filter((node) => needed.has(node));
    for (const value of [...nodes.flatMap((node) => node.inputs), ...Object.values(outputs)])
      this.#readers.set(value, (this.#readers.get(value) ?? 0) + 1);
    for (const node of nodes) this.#add(node);
    for (const [name, value] of Object.entries(outputs)) {
      if (this.#name(value) !== name)
        this.#nodes.push({ type: "Identity", inputs: [this.#name(value)], outputs: [name] });
    }
    return {
      bytes: this.#model(outputs),
      inputs: this.#inputs,
      outputs: Object.fromEntries(
        Object.entries(outputs).map(([name, { shape, dtype }]) => [name, { shape, dtype }]),
      ),
      weights: this.#weights,
    };
  }

  #add(node: Node): void {
    switch (node.operation) {
      case "input": {
        const { name, shape, dtype } = node.attributes;
        if (this.#inputs[name]) throw internalError(`two inputs are called ${name}`);
        this.#inputs[name] = { shape, dtype };
        this.#names.set(node.outputs[0]!, name);
        return;
      }
      case "weight": {
        const { name, shape } = node.attributes;
        if (!this.#weights.includes(name)) {
          this.#weights.push(name);
          this.#initializers.push(tensorProto(name, shape, "float32", { external: this.#locate(name) }));
        }
        this.#names.set(node.outputs[0]!, name);
        return;
      }
      case "constant": {
        const { data, shape } = node.attributes;
        const name = this.#initializer(node.outputs[0]!.dtype, shape, data);
        this.#names.set(node.outputs[0]!, name);
        return;
      }
      default:
        this.#lower(node);
    }
  }

  #lower<K extends Exclude<OperationName, Leaf>>(node: NodeOf<K>): void {
    const results = node.outputs.map((output) => this.#name(output));
    const emitter: Emitter = {
      emit: (type, inputs, attributes = {}, domain = "") => {
        const output = `t${this.#temporaries++}`;
        this.#nodes.push({ type, inputs, outputs: [output], attributes, domain });
        return output;
      },
      resultAt: (output, type, inputs, attributes = {}) => {
        this.#nodes.push({ type, inputs, outputs: [results[output]!], attributes });
        return results[output]!;
      },
      result: (type, inputs, attributes = {}, domain = "") => {
        this.#nodes.push({ type, inputs, outputs: results, attributes, domain });
      },
      integers: (values) =>
        this.#initializer(
          "int64",
          [values.length],
          BigInt64Array.from(values, (value) => BigInt(value)),
        ),
      scalar: (value) => this.#initializer("float32", [], Float32Array.of(value)),
      nameOf: (value) => this.#name(value),
      isReadOnce: (value) => this.#readers.get(value) === 1,
    };
    const rule = this.#lowering[node.operation] as LoweringRule<K>;
    rule(
      emitter,
      node.inputs.map((input) => this.#name(input)),
      node,
    );
  }

  #name(value: Value): string {
    let name = this.#names.get(value);
    if (!name) {
      name = `${value.node.operation}${value.node.id}${value.output ? `.${value.output}` : ""}`;
      this.#names.set(value, name);
    }
    return name;
  }

  /** Stores a small array; equal ones are stored once. */
  #initializer(
    dtype: DataType,
    shape: readonly number[],
    data: ArrayBufferView & { length: number },
  ): string {
    // By their bytes: 0 and -0 print alike.
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const key = data.length <= 16 ? `${dtype}[${shape}]:${bytes}` : undefined;
    const known = key && this.#small.get(key);
    if (known) return known;
    const name = `c${this.#initializers.length}`;
    this.#initializers.push(tensorProto(name, shape, dtype, { data }));
    if (key) this.#small.set(key, name);
    return name;
  }

  /** Without nodes that nobody reads: a lowering may offer a second result by nodes of its own. */
  #lastFirst(outputs: Record<string, Value>): OnnxNode[] {
    const read = new Set(Object.keys(outputs));
    return this.#nodes.reverse().filter((node) => {
      if (!node.outputs.some((name) => read.has(name))) return false;
      for (const name of node.inputs) read.add(name);
      return true;
    });
  }

  #model(outputs: Record<string, Value>): Uint8Array {
    const graph = protobuf.Writer.create(); // GraphProto
    for (const node of this.#lastFirst(outputs)) graph.uint32(tag(1)).bytes(nodeProto(node));
    graph.uint32(tag(2)).string("tunesmith");
    for (const initializer of this.#initializers) graph.uint32(tag(5)).bytes(initializer);
    for (const [name, { shape, dtype }] of Object.entries(this.#inputs)) {
      graph.uint32(tag(11)).bytes(valueInfoProto(name, shape, dtype));
    }
    for (const [name, { shape, dtype }] of Object.entries(outputs)) {
      graph.uint32(tag(12)).bytes(valueInfoProto(name, shape, dtype));
    }
    const model = protobuf.Writer.create(); // ModelProto
    model.uint32(tag(1, "varint")).int64(10); // ir_version
    for (const [domain, version] of [
      ["", 23],
      ["com.microsoft", 1],
    ] as const) {
      model.uint32(tag(8)).fork(); // opset_import
      model.uint32(tag(1)).string(domain).uint32(tag(2, "varint")).int64(version).ldelim();
    }
    return model.uint32(tag(7)).bytes(graph.finish()).finish();
  }
}

function ancestors(values: readonly Value[]): Set<Node> {
  const found = new Set<Node>();
  const pending = values.map((value) => value.node);
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (found.has(node)) continue;
    found.add(node);
    for (const input of node.inputs) pending.push(input.node);
  }
  return found;
}

/** A protobuf field tag. */
function tag(field: number, wire: "bytes" | "varint" | "fixed32" = "bytes"): number {
  return (field << 3) | { varint: 0, bytes: 2, fixed32: 5 }[wire];
}

function nodeProto({ type, inputs, outputs, attributes = {}, domain = "" }: OnnxNode): Uint8Array {
  const w = protobuf.Writer.create();
  for (const input of inputs) w.uint32(tag(1)).string(input);
  for (const output of outputs) w.uint32(tag(2)).string(output);
  w.uint32(tag(3)).string(outputs[0]!).uint32(tag(4)).string(type);
  for (const [name, value] of Object.entries(attributes)) w.uint32(tag(5)).bytes(attributeProto(name, value));
  return w.uint32(tag(7)).string(domain).finish();
}

function attributeProto(name: string, value: Attribute): Uint8Array {
  const w = protobuf.Writer.create();
  w.uint32(tag(1)).string(name);
  const type = tag(20, "varint");
  if (typeof value === "number")
    return w.uint32(tag(3, "varint")).int64(value).uint32(type).int32(2).finish();
  if (typeof value === "string") return w.uint32(tag(4)).string(value).uint32(type).int32(3).finish();
  if ("float" in value) return w.uint32(tag(2, "fixed32")).float(value.float).uint32(type).int32(1).finish();
  for (const integer of value) w.uint32(tag(8, "varint")).int64(integer);
  return w.uint32(type).int32(7).finish();
}

function tensorProto(
  name: string,
  shape: readonly number[],
  dtype: DataType,
  content: { data: ArrayBufferView } | { external: WeightLocation },
): Uint8Array {
  const w = protobuf.Writer.create();
  for (const length of shape) w.uint32(tag(1, "varint")).int64(length);
  w.uint32(tag(2, "varint")).int32(elementTypes[dtype]).uint32(tag(8)).string(name);
  if ("data" in content) {
    const { buffer, byteOffset, byteLength } = content.data;
    return w
      .uint32(tag(9))
      .bytes(new Uint8Array(buffer, byteOffset, byteLength))
      .finish();
  }
  const { file, offset, byteLength } = content.external;
  for (const [key, value] of Object.entries({ location: file, offset, length: byteLength })) {
    w.uint32(tag(13)).fork().uint32(tag(1)).string(key).uint32(tag(2)).string(String(value)).ldelim();
  }
  return w.uint32(tag(14, "varint")).int32(1).finish(); // data_location = EXTERNAL
}

function valueInfoProto(name: string, shape: readonly number[], dtype: DataType): Uint8Array {
  const w = protobuf.Writer.create();
  w.uint32(tag(1)).string(name);
  w.uint32(tag(2)).fork().uint32(tag(1)).fork(); // type.tensor_type
  w.uint32(tag(1, "varint")).int32(elementTypes[dtype]);
  w.uint32(tag(2)).fork(); // shape
  for (const length of shape) w.uint32(tag(1)).fork().uint32(tag(1, "varint")).int64(length).ldelim();
  return w.ldelim().ldelim().ldelim().finish();
}
