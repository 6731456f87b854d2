/**
 * Weights as float32, in files that ONNX Runtime can map. The CPU computes in float32 only; a model stored in 16 bits is
 * converted once, into a safetensors file of our own in the cache folder, and that file is mapped from then on.
 *
 * The cache file is named by what it was made from: SHA-256 over every tensor's name, type, shape and place, and
 * the SHA-256 of the files these places are in. So a model that is moved, copied or downloaded twice is converted
 * once, and one that is changed in place is converted again. Hashing reads every byte, so a small record keeps
 * each file's digest for as long as its size, times and inode stay what they were.
 *
 * Processes that convert the same model at once each write their own temporary; the last rename wins, with equal bytes.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { TunesmithError } from "../protocol/errors.ts";
import { asReadError } from "../protocol/refusals.ts";
import { removeAbandoned, writeJsonAtomic } from "./atomic.ts";
import { readJsonObject } from "./json.ts";
import type { ModelFolder } from "./model-folder.ts";
import { readSafetensorsHeader, readTensorFloat32Chunks, type TensorEntry } from "./safetensors.ts";
import { writeSafetensors } from "./safetensors-writer.ts";

/** Part of every name in the cache: to be raised when what is written changes. */
const version = "1";
/** Windows maps files at multiples of 64 KiB only. */
const alignment = 65536;

export interface Float32Options {
  /** Folder of the cache; by default `defaultCacheDir()`. */
  readonly cacheDir?: string;
  /** Bytes of float32 written so far, and in all; called only while a model is converted. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Every float tensor of a model as float32 in a file: where it lies when all are stored so, else in the cache.
 * Tensors of whole numbers are left out.
 *
 * @throws `model-folder-invalid` for float types that cannot be widened (float8 …); `disk-full` with both figures,
 *   before anything is written.
 */
export async function float32Weights(
  folder: ModelFolder,
  { cacheDir = defaultCacheDir(), onProgress }: Float32Options = {},
): Promise<Map<string, TensorEntry>> {
  const tensors = [...folder.tensors.values()].filter(({ dtype }) => !/^(BOOL|[IU]\d+)$/.test(dtype));
  const other = tensors.find(({ dtype }) => dtype !== "F32" && dtype !== "F16" && dtype !== "BF16");
  if (other) {
    throw new TunesmithError(
      "model-folder-invalid",
      `${other.file}: tensor "${other.name}" is ${other.dtype}, which is not supported`,
      "Use the model's float32, float16 or bfloat16 version.",
    );
  }
  // A float32 that straddles its own alignment cannot be mapped as one.
  if (tensors.every(({ dtype, offset }) => dtype === "F32" && offset % 4 === 0)) {
    return new Map(tensors.map((tensor) => [tensor.name, tensor]));
  }

  const cache = join(cacheDir, "float32");
  const source = await contentHash(tensors, cache);
  const file = join(cache, `${source}.safetensors`);
  const found = await openCached(file, source, tensors);
  if (found) return found;
  await removeAbandoned(cache);
  try {
    await convert(file, source, tensors, onProgress);
  } catch (error) {
    // Windows does not replace a file that another process, which was faster, has already mapped.
    const theirs = await openCached(file, source, tensors);
    if (theirs) return theirs;
    if (!(error instanceof TunesmithError) || error.code !== "disk-full") throw error;
    throw new TunesmithError(
      "disk-full",
      `${error.message}; the model's weights are kept there as float32`,
      "Free some space, or set TUNESMITH_CACHE to a folder on another disk.",
      { cause: error },
    );
  }
  const made = await openCached(file, source, tensors);
  if (made) return made;
  throw new TunesmithError(
    "file-unreadable",
    `${file} is not what was just written to it`,
    "Check the disk.",
  );
}

/** Where Tunesmith keeps what it can make again: `TUNESMITH_CACHE`, or the platform's place for caches. */
export function defaultCacheDir(): string {
  const { TUNESMITH_CACHE, LOCALAPPDATA, XDG_CACHE_HOME } = process.env;
  if (TUNESMITH_CACHE) return TUNESMITH_CACHE;
  if (process.platform === "win32")
    return join(LOCALAPPDATA || join(homedir(), "AppData", "Local"), "tunesmith");
  if (process.platform === "darwin") return join(homedir(), "Library", "Caches", "tunesmith");
  // The XDG base directory specification has relative paths ignored.
  const base = XDG_CACHE_HOME && isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : join(homedir(), ".cache");
  return join(base, "tunesmith");
}

async function convert(
  file: string,
  source: string,
  tensors: readonly TensorEntry[],
  onProgress: Float32Options["onProgress"],
): Promise<void> {
  const total = tensors.reduce((sum, { shape }) => sum + 4 * elements(shape), 0);
  let done = 0;
  const widened = tensors.map((tensor) => ({
    name: tensor.name,
    dtype: "F32" as const,
    shape: tensor.shape,
    data: async function* () {
      for await (const chunk of readTensorFloat32Chunks(tensor)) {
        yield chunk;
        done += chunk.byteLength;
        onProgress?.(done, total);
      }
    },
  }));
  await writeSafetensors(file, widened, { metadata: { made_by: "tunesmith", version, source }, alignment });
}

/** The cache file's tensors when it is whole and made from `source`; undefined when it has to be made (again). */
async function openCached(
  file: string,
  source: string,
  tensors: readonly TensorEntry[],
): Promise<Map<string, TensorEntry> | undefined> {
  try {
    const { metadata, entries } = await readSafetensorsHeader(file);
    if (metadata.source !== source || metadata.version !== version) return undefined;
    const cached = new Map(entries.map((entry) => [entry.name, entry]));
    const fits = ({ name, shape }: TensorEntry) => {
      const entry = cached.get(name);
      return entry?.dtype === "F32" && entry.shape.join() === shape.join();
    };
    // Its own names only: the file holds padding besides.
    return tensors.every(fits) ? new Map(tensors.map(({ name }) => [name, cached.get(name)!])) : undefined;
  } catch (error) {
    if (error instanceof TunesmithError && ["file-not-found", "safetensors-invalid"].includes(error.code))
      return undefined;
    throw error;
  }
}

async function contentHash(tensors: readonly TensorEntry[], cache: string): Promise<string> {
  const digests = new Map<string, string>();
  for (const { file } of tensors) {
    if (!digests.has(file)) digests.set(file, await fileDigest(file, cache));
  }
  const described = tensors
    .map(({ name, dtype, shape, file, offset }) =>
      JSON.stringify([name, dtype, shape, offset, digests.get(file)]),
    )
    .sort();
  return createHash("sha256").update(described.join("\n")).digest("hex").slice(0, 32);
}

/** SHA-256 of a file, from its record in the cache when the file has not been touched since. */
export async function fileDigest(file: string, cache = join(defaultCacheDir(), "float32")): Promise<string> {
  const { size, mtimeNs, ctimeNs, ino } = await stat(file, { bigint: true }).catch((error) => {
    throw asReadError(error, file);
  });
  const state = `${size} ${mtimeNs} ${ctimeNs} ${ino}`;
  const key = createHash("sha256").update(file).digest("hex").slice(0, 32);
  const record = join(cache, `${key}.digest.json`);
  const known = await readJsonObject(record, "file-unreadable").catch(() => undefined);
  if (known?.file === file && known.state === state && typeof known.sha256 === "string") return known.sha256;

  const hash = createHash("sha256");
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 4 << 20 })) hash.update(chunk);
  } catch (error) {
    throw asReadError(error, file);
  }
  const sha256 = hash.digest("hex");
  try {
    await mkdir(cache, { recursive: true });
    await writeJsonAtomic(record, { file, state, sha256 });
  } catch {
    // The record only saves time: a folder that cannot be written is a matter for what has to be written there.
  }
  return sha256;
}

const elements = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);
