/** A process that converts a model: `convert.ts MODEL CACHE`. */
import { float32Weights } from "../../src/files/float32-cache.ts";
import { openModelFolder } from "../../src/files/model-folder.ts";

const [model, cacheDir] = process.argv.slice(2);
await float32Weights(await openModelFolder(model!), { cacheDir: cacheDir! });
