/** Full fine-tuning: every weight of the model is trained. It has no settings of its own. */
import { choice, object } from "../schema-parts.ts";
import type { MethodSettings } from "./index.ts";

export interface FullSettings {
  name: "full";
}

export const full: MethodSettings<FullSettings> = {
  schema: object("Full fine-tuning: trains every weight.", { name: choice("The tuning method.", ["full"]) }, [
    "name",
  ]),
  learningRate: 2e-5,
  complete: (given) => given,
};
