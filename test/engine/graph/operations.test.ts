/** Every operation's value and gradient on the CPU, against TensorFlow.js and central differences. */
import { test } from "node:test";
import type { OperationName } from "../../../src/engine/graph/operations.ts";
import { checkOperation } from "./check-operation.ts";
import { operationCases } from "./operation-cases.ts";

/** Float32 rounds to 6e-8; sums of a few dozen terms stay well within these. */
const tolerances = { value: 2e-6, gradient: 4e-6, differences: 2e-4 };

for (const operation of Object.keys(operationCases) as OperationName[]) {
  test(operation, async (t) => {
    for (const example of operationCases[operation]) {
      await t.test(example.name, (each) => checkOperation(each, operation, example, "cpu", tolerances));
    }
  });
}
