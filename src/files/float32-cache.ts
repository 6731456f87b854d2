/** INTERIM by the lead, to be replaced by the full version: converts a folder's weights into one float32 file, once. */
import { createHash } from "node:crypto";
import { mkdir, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ModelFolder } from "./model-folder.ts";
import { openSafetensors, readTensorFloat32Chunks, type TensorEntry } from "./safetensors.ts";
import { isPadding, writeSafetensors } from "./safetensors-writer.ts";

export async function float32Weights(
  folder: ModelFolder,
  options: { cacheDir?: string; onProgress?: (done: number, total: number) => void } = {},
): Promise<ReadonlyMap<string, TensorEntry>> {
  const entries = [...folder.tensors.values()];
  if (entries.every((entry) => entry.dtype === "F32")) return folder.tensors;
  const hash = createHash("sha256");
  for (const { file, name, offset } of entries)
    hash.update(`${file} ${name} ${offset} ${(await stat(file)).mtimeMs}\n`);
  const cache = options.cacheDir ?? process.env.TUNESMITH_CACHE ?? join(tmpdir(), "tunesmith-cache");
  await mkdir(cache, { recursive: true });
  const path = join(cache, `${hash.digest("hex").slice(0, 32)}.safetensors`);
  if (!(await stat(path).catch(() => undefined))) {
    await writeSafetensors(
      path,
      entries.map((entry) => ({
        name: entry.name,
        dtype: "F32" as const,
        shape: entry.shape,
        data: () => readTensorFloat32Chunks(entry),
      })),
      { alignment: 65536 },
    );
  }
  return new Map([...(await openSafetensors(path))].filter(([name]) => !isPadding(name)));
}
