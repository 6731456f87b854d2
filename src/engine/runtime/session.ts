/**
 * Sessions: a graph, compiled by ONNX Runtime and ready to run. The only importer of onnxruntime-node.
 *
 * What was measured to matter, and is set here: memory patterns off (they nearly double the peak), prepacking off
 * (weights stay mapped from their file instead of being copied twice), optimizers that would undo our own choices off
 * (see docs/log.md).
 */
import * as ort from "onnxruntime-node";
import { TunesmithError } from "../../protocol/errors.ts";
import type { Graph } from "../graph/graph.ts";
import type { Device } from "../graph/lowering/index.ts";
import { type EncodedGraph, encodeOnnx } from "../graph/onnx.ts";
import type { DataType, Value } from "../graph/value.ts";
import { resolveThreads } from "./environment.ts";

export type Data = Float32Array | BigInt64Array | Int32Array | Uint8Array;

/** The folder that holds weight files, and where in them each weight lies. */
export interface MappedWeights {
  folder: string;
  locations: ReadonlyMap<string, { file: string; offset: number; byteLength: number }>;
}

export const noWeights: MappedWeights = { folder: "", locations: new Map() };

export interface SessionOptions {
  device?: Device;
  /** Threads of one operation; 0 leaves a core free where there are more than two. */
  threads?: number;
  weights?: MappedWeights;
  /** Copies weights into the layout of the fastest kernels: more speed for one-token products, twice the memory. */
  prepack?: boolean;
}

export class Session {
  readonly #session: ort.InferenceSession;
  readonly inputs: EncodedGraph["inputs"];
  readonly outputs: EncodedGraph["outputs"];

  private constructor(session: ort.InferenceSession, encoded: EncodedGraph) {
    this.#session = session;
    this.inputs = encoded.inputs;
    this.outputs = encoded.outputs;
  }

  /** Compiles `outputs` of `graph`. */
  static async create(
    graph: Graph,
    outputs: Record<string, Value>,
    options: SessionOptions = {},
  ): Promise<Session> {
    const { device = "cpu", threads = 0, weights = noWeights, prepack = false } = options;
    const encoded = encodeOnnx(graph, outputs, device, (name) => {
      const location = weights.locations.get(name);
      if (!location) {
        throw new TunesmithError(
          "model-folder-invalid",
          `the model has no tensor named ${name}`,
          "The file is incomplete, or config.json describes another model.",
        );
      }
      return location;
    });
    const session = await ort.InferenceSession.create(encoded.bytes, {
      executionProviders: device === "cpu" ? ["cpu"] : [{ name: device }, "cpu"],
      // Our graphs are written fused; common subexpression elimination would undo gradient checkpointing.
      graphOptimizationLevel: "disabled",
      enableMemPattern: false,
      // Sessions of several shapes would each keep an arena as large as their peak; the C library shares one heap.
      enableCpuMemArena: false,
      intraOpNumThreads: resolveThreads(threads),
      logSeverityLevel: 3,
      extra: {
        session: {
          disable_prepacking: prepack ? "0" : "1",
          ...(weights.folder && { model_external_initializers_file_folder_path: weights.folder }),
        },
      },
    });
    return new Session(session, encoded);
  }

  /**
   * Runs the graph once.
   * @param feeds one array for every input; fed without a copy
   * @param into arrays to write results into, by output name
   * @param wanted the outputs to compute; all of them if left out
   */
  async run(
    feeds: Record<string, Data>,
    into: Record<string, Data> = {},
    wanted: readonly string[] = Object.keys(this.outputs),
  ): Promise<Record<string, Data>> {
    const tensors = Object.fromEntries(
      Object.entries(this.inputs).map(([name, { dtype, shape }]) => [
        name,
        tensor(dtype, feeds[name]!, shape),
      ]),
    );
    const fetches = Object.fromEntries(
      wanted.map((name) => {
        const { dtype, shape } = this.outputs[name]!;
        return [name, into[name] ? tensor(dtype, into[name], shape) : null];
      }),
    );
    const results = await this.#session.run(tensors, fetches);
    return Object.fromEntries(wanted.map((name) => [name, into[name] ?? (results[name]!.data as Data)]));
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}

function tensor(dtype: DataType, data: Data, shape: readonly number[]): ort.Tensor {
  return new ort.Tensor(dtype, data, shape);
}
