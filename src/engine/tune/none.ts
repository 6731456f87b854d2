/** No tuning: the base model as it lies in its files. */
import { internalError } from "../../protocol/errors.ts";
import { frozenParameters } from "../model/parameters.ts";
import type { Method } from "./method.ts";

export const none: Method = {
  name: "none",
  trainables: () => [],
  parameters: ({ g }) => frozenParameters(g),
  save: () => Promise.reject(internalError("an untuned model has nothing to save")),
};
