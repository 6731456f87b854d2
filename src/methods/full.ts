/** Full fine-tuning: every parameter of the model is trained; the result is a Hugging Face model folder. */
import { blockLayers, parameterShapes } from "../architectures/layout.ts";
import { writeModelFolder } from "../files/model-writer.ts";
import { choice, object } from "../protocol/schema-parts.ts";
import type { TuningMethod } from "./method.ts";

/** It has no settings of its own. */
export interface FullSettings {
  name: "full";
}

export const full: TuningMethod<FullSettings> = {
  schema: object("Full fine-tuning: trains every weight.", { name: choice("The tuning method.", ["full"]) }, [
    "name",
  ]),
  learningRate: 2e-5,
  complete: (given) => given,

  create: ({ name }) => ({
    name,
    result: "model",

    trainables: (config) =>
      [...parameterShapes(config)].map(([parameter, shape]) => ({
        name: parameter,
        shape,
        decay: shape.length > 1,
        initial: "base",
      })),

    cost: (config) => ({
      trainsBase: true,
      inputsOf: new Set(blockLayers(config).map((layer) => layer.name)),
      separateInputs: false,
      keptPerToken: 0,
    }),

    parameters: ({ parametersFrom, trained }) => parametersFrom(trained),

    save: (folder, _, { base, arrays }) => writeModelFolder(folder, base, arrays),
  }),
};
