/**
 * What opening sessions costs in memory, and running them: two training sessions of different shapes and one of
 * generation. Memory mapped from files (RssFile) is the weights' own; copies of them would be anonymous (RssAnon).
 */
import { readFileSync } from "node:fs";
import { stepGraph } from "../../src/engine/generate/step-graph.ts";
import type { DataType } from "../../src/engine/graph/value.ts";
import { openBaseModel } from "../../src/engine/model/base.ts";
import { type Data, Session } from "../../src/engine/runtime/session.ts";
import { gradientOutputs, lossGraph } from "../../src/engine/train/loss.ts";
import { none } from "../../src/methods/none.ts";
import { countedTwiceBytes, method, options, report } from "./common.ts";

const { positionals, values } = options({ batch: 4, length: 256 });
const { batch, length, threads } = values;
const states: { state: string; anonymous: number; file: number; once: number }[] = [];
function note(state: string): void {
  const status = readFileSync("/proc/self/status", "utf8");
  const bytes = (name: string) => 1024 * Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)![1]);
  const file = bytes("RssFile");
  states.push({ state, anonymous: bytes("RssAnon"), file, once: file - countedTwiceBytes() });
}

note("program loaded");
const { config, weights } = await openBaseModel(positionals[0]!);
note("model opened");
function training(tokens: number): Promise<Session> {
  const graph = lossGraph(
    config,
    method,
    { rows: batch, tokens, targets: batch * tokens },
    { training: true },
  );
  const outputs = { loss: graph.loss, ...gradientOutputs(graph) };
  return Session.create(graph.g, outputs, { threads, weights });
}
function generation(cached: number): Promise<Session> {
  const { g, outputs } = stepGraph(config, none, { rows: 1, tokens: 1, cached });
  return Session.create(g, outputs, { threads, weights });
}

const sessions: [string, Session][] = [];
for (const [name, open] of [
  [`training, ${batch} × ${length}`, () => training(length)],
  [`training, ${batch} × ${length / 2}`, () => training(length / 2)],
  ["generation, 1 × 1 after 128", () => generation(128)],
] as const) {
  sessions.push([name, await open()]);
  note(`opened: ${name}`);
}
for (const [name, session] of sessions) {
  await session.run(zeros(session.inputs));
  note(`run: ${name}`);
}

const opened = states[1 + sessions.length]!.anonymous - states[1]!.anonymous;
const weightBytes = [...weights.locations.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
report({ threads, states, weightBytes, openedShare: opened / weightBytes });
for (const [, session] of sessions) await session.release();

/** Something to feed: of token 0 everywhere, at place 0. */
function zeros(inputs: Record<string, { dtype: DataType; shape: readonly number[] }>): Record<string, Data> {
  const entries = Object.entries(inputs).map(([name, { dtype, shape }]): [string, Data] => {
    const size = shape.reduce((product, count) => product * count, 1);
    return [name, dtype === "int64" ? new BigInt64Array(size) : new Float32Array(size)];
  });
  return Object.fromEntries(entries);
}
