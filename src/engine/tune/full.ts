/** Full fine-tuning: every parameter of the model is trained; the result is a Hugging Face model folder. */
import { writeModelFolder } from "../../files/model-writer.ts";
import { parameterShapes } from "../model/layout.ts";
import { type Parameters, plainLinear } from "../model/parameters.ts";
import type { Method } from "./method.ts";

export function full(): Method {
  return {
    name: "full",

    trainables: (config) =>
      [...parameterShapes(config)].map(([name, shape]) => ({
        name,
        shape,
        decay: shape.length > 1,
        initial: "base",
      })),

    parameters({ g, trained }) {
      const source: Parameters = {
        parameter: trained,
        linear: (path, x, out, bias) => plainLinear(g, source, path, x, out, bias),
      };
      return source;
    },

    save: (folder, _, { base, arrays }) => writeModelFolder(folder, base, arrays),
  };
}
