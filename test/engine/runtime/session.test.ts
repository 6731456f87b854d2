/** Sessions: what goes in and out of one, what is missing, and that a run gives the same bits again. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Graph } from "../../../src/engine/graph/graph.ts";
import { Session } from "../../../src/engine/runtime/session.ts";
import { TunesmithError } from "../../../src/protocol/errors.ts";
import { Random } from "../../../src/random/random.ts";
import { temporaryFolder } from "../../files/temporary.ts";
import { assertClose, assertSameBits, floats } from "../graph/tensors.ts";

test("results are written into the arrays given, views of larger ones included", async (t) => {
  const g = new Graph();
  const x = g.input("x", [2]);
  const session = await Session.create(g, { double: g.add(x, x), square: g.multiply(x, x) });
  t.after(() => session.release());
  const whole = Float32Array.of(9, 9, 9, 9);
  const into = whole.subarray(1, 3);
  const results = await session.run({ x: Float32Array.of(3, -1) }, { double: into });
  assert.equal(results.double, into);
  assert.deepEqual([...whole], [9, 6, -2, 9]);
  assert.deepEqual([...results.square!], [9, 1]);
});

test("only the outputs asked for are returned, and an array can be input and output of one run", async (t) => {
  const g = new Graph();
  const x = g.input("x", [3]);
  const session = await Session.create(g, { double: g.add(x, x), square: g.multiply(x, x) });
  t.after(() => session.release());
  const state = Float32Array.of(1, 2, 3);
  for (let run = 0; run < 3; run++) {
    const results = await session.run({ x: state }, { double: state }, ["double"]);
    assert.deepEqual(Object.keys(results), ["double"]);
  }
  assert.deepEqual([...state], [8, 16, 24]);
});

test("a tensor the files lack is named", async () => {
  const g = new Graph();
  const y = g.multiply(g.input("x", [3]), g.weight("model.norm.weight", [3]));
  await assert.rejects(Session.create(g, { y }), (error: unknown) => {
    assert.ok(error instanceof TunesmithError);
    assert.equal(error.code, "model-folder-invalid");
    assert.match(error.message, /model\.norm\.weight/);
    return true;
  });
});

test("weights come from the place in the file that was given, aligned or not", async (t) => {
  const folder = temporaryFolder(t);
  const bytes = new Uint8Array(3 + 4 * 5);
  bytes.set(new Uint8Array(Float32Array.of(1, 2, 3, 4, 5).buffer), 3);
  writeFileSync(join(folder, "a b.bin"), bytes);
  const g = new Graph();
  const y = g.add(g.input("x", [2]), g.weight("w", [2]));
  const locations = new Map([["w", { file: "a b.bin", offset: 3 + 4 * 2, byteLength: 8 }]]);
  const session = await Session.create(g, { y }, { weights: { folder, locations } });
  t.after(() => session.release());
  const results = await session.run({ x: Float32Array.of(10, 20) });
  assert.deepEqual([...results.y!], [13, 24]);
});

test("twenty runs on all threads give the same bits, rows that are added to from many places included", async (t) => {
  const [count, width, rows] = [4096, 192, 7];
  const g = new Graph();
  const updates = g.input("updates", [count, width]);
  const places = g.input("places", [count], "int64");
  const factor = g.input("factor", [width, 96]);
  const sums = g.scatterAdd(updates, places, rows);
  const scores = g.softmax(g.matmul(updates, factor));
  const session = await Session.create(g, {
    sums,
    product: g.matmul(updates, scores, { transposeA: true }),
    mean: g.mean(scores, [0, 1]),
  });
  t.after(() => session.release());
  const random = new Random("places");
  const feeds = {
    updates: floats("updates", [count, width]).data,
    places: BigInt64Array.from({ length: count }, () => BigInt(random.integer(rows))),
    factor: floats("factor", [width, 96]).data,
  };
  const first = await session.run(feeds);
  for (let run = 1; run < 20; run++) {
    const again = await session.run(feeds);
    for (const name of Object.keys(first)) assertSameBits(again[name]!, first[name]!, `${name}, run ${run}`);
  }
  const expected = new Float64Array(rows * width);
  feeds.places.forEach((row, i) => {
    for (let column = 0; column < width; column++) {
      expected[Number(row) * width + column]! += Number(feeds.updates[i * width + column]);
    }
  });
  assertClose(first.sums as Float32Array, expected, 1e-5, "sums by row");
});
