/** INTERIM by the lead, to be replaced by the full version: writes a Hugging Face model folder. */
import { copyFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { writeFolderAtomic, writeJsonAtomic } from "./atomic.ts";
import type { ModelFolder } from "./model-folder.ts";
import { writeSafetensors } from "./safetensors-writer.ts";

export async function writeModelFolder(
  path: string,
  base: ModelFolder,
  arrays: ReadonlyMap<string, { shape: readonly number[]; data: Float32Array }>,
): Promise<void> {
  await writeFolderAtomic(
    path,
    () => true,
    async (temporary) => {
      const { torch_dtype: _, ...config } = base.config;
      await writeJsonAtomic(join(temporary, "config.json"), { ...config, dtype: "float32" });
      await writeSafetensors(
        join(temporary, "model.safetensors"),
        [...arrays].map(([name, { shape, data }]) => ({ name, dtype: "F32" as const, shape, data })),
        { metadata: { format: "pt" } },
      );
      for (const name of await readdir(base.path)) {
        if (
          /^(generation_config\.json|tokenizer.*|special_tokens_map\.json|chat_template.*|vocab\.json|merges\.txt)$/.test(
            name,
          )
        )
          await copyFile(join(base.path, name), join(temporary, name));
      }
    },
  );
}
