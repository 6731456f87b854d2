/** Every operation's value and gradient on WebGPU: the same table as on the CPU, and where each node really runs. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { OperationName } from "../../../src/engine/graph/operations.ts";
import { buildCase, checkOperation } from "./check-operation.ts";
import { operationCases } from "./operation-cases.ts";
import { profile } from "./profile.ts";
import { whyNoWebGpu } from "./webgpu-device.ts";

/** Shaders may compute exponentials and roots a few units less exactly than float32 rounds. */
const tolerances = { value: 1e-5, gradient: 1e-5 };
const skip = await whyNoWebGpu();
const operations = Object.keys(operationCases) as OperationName[];

for (const operation of operations) {
  test(`${operation} on WebGPU`, { skip }, async (t) => {
    for (const example of operationCases[operation]) {
      await t.test(example.name, (each) => checkOperation(each, operation, example, "webgpu", tolerances));
    }
  });
}

/** Indices come from the host as int64, and ONNX Runtime gives them their shape there, before they go to the GPU. */
const onTheHost = ["Reshape", "Unsqueeze"];

for (const operation of operations.filter((name) => name !== "weight")) {
  test(`${operation} runs on the GPU, not on the CPU behind it`, { skip }, async (t) => {
    for (const example of operationCases[operation]) {
      const { g, outputs, feeds, cotangent } = buildCase(operation, example);
      const fed = { ...feeds, cotangent: cotangent.data };
      const { executed } = await profile(t, g, outputs, fed, { device: "webgpu" });
      const strayed = executed.filter(
        ({ provider, type }) => provider !== "WebGpuExecutionProvider" && !onTheHost.includes(type),
      );
      assert.deepEqual(strayed, [], example.name);
    }
  });
}
