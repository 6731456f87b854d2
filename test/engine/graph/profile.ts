/** What ONNX Runtime really executed: which nodes, in which order, on which provider, from its own profile. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import * as ort from "onnxruntime-node";
import type { Graph } from "../../../src/engine/graph/graph.ts";
import type { Value } from "../../../src/engine/graph/value.ts";
import { type Data, Session, type SessionOptions } from "../../../src/engine/runtime/session.ts";
import { temporaryFolder } from "../../files/temporary.ts";

export interface ExecutedNode {
  /** The node's name in the ONNX file: that of its first result. */
  name: string;
  type: string;
  provider: string;
}

interface ProfileEvent {
  cat: string;
  name: string;
  args: { op_name?: string; provider?: string };
}

/** Runs `outputs` once, in a session made exactly as `Session.create` makes it but for the profiling. */
export async function profile(
  t: TestContext,
  g: Graph,
  outputs: Record<string, Value>,
  feeds: Record<string, Data>,
  options: SessionOptions = {},
): Promise<{ results: Record<string, Data>; executed: ExecutedNode[] }> {
  const folder = temporaryFolder(t);
  const create: (
    model: Uint8Array,
    options: ort.InferenceSession.SessionOptions,
  ) => Promise<ort.InferenceSession> = ort.InferenceSession.create.bind(ort.InferenceSession);
  const started: ort.InferenceSession[] = [];
  const spy = t.mock.method(
    ort.InferenceSession,
    "create",
    async (model: Uint8Array, own: ort.InferenceSession.SessionOptions) => {
      const profiling = { enableProfiling: true, profileFilePrefix: join(folder, "profile") };
      const session = await create(model, { ...own, ...profiling });
      started.push(session);
      return session;
    },
  );
  const session = await Session.create(g, outputs, options);
  spy.mock.restore();
  const results = await session.run(feeds);
  started[0]!.endProfiling();
  await session.release();

  const file = join(folder, readdirSync(folder)[0]!);
  const events = JSON.parse(readFileSync(file, "utf8")) as ProfileEvent[];
  const suffix = "_kernel_time";
  const executed = events
    .filter((event) => event.cat === "Node" && event.name.endsWith(suffix))
    .map((event) => ({
      name: event.name.slice(0, -suffix.length),
      type: event.args.op_name!,
      provider: event.args.provider!,
    }));
  return { results, executed };
}
