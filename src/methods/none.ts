/** No tuning: the base model as it lies in its files. No recipe names it, so it is not in the list. */
import { internalError } from "../protocol/errors.ts";
import type { Method } from "./method.ts";

export const none: Method = {
  name: "none",
  result: "adapter",
  trainables: () => [],
  cost: () => ({ trainsBase: false, inputsOf: new Set(), separateInputs: false, keptPerToken: 0 }),
  parameters: ({ frozen }) => frozen,
  save: () => Promise.reject(internalError("an untuned model has nothing to save")),
};
