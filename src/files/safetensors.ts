/**
 * The safetensors format, read and checked: https://github.com/huggingface/safetensors (README "Format", tensor.rs).
 *
 *   u64, little-endian: N, the header's length, at most 100 000 000
 *   N bytes: a JSON object, tensor name → { dtype, shape, data_offsets: [begin, end) }, spaces may follow it;
 *            "__metadata__", where present, maps strings to strings
 *   the rest: tensor data, row-major and little-endian; offsets count from here, leave no holes and end at the file's end
 *
 * Everything the reference implementation refuses is refused here, with the file and the tensor named. Data is
 * read as it lies, so this runs on little-endian machines, as does everything that Node and ONNX Runtime run on.
 */
import { type FileHandle, open } from "node:fs/promises";
import { resolve } from "node:path";
import { isJsonObject, parseJsonObject } from "../json/object.ts";
import { TunesmithError } from "../protocol/errors.ts";
import { asReadError } from "../protocol/refusals.ts";
import { bfloat16ToFloat32, float16ToFloat32 } from "./half.ts";

/** Bits of one element, by type name. */
export const dtypeBits = {
  BOOL: 8,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  C64: 64,
  F64: 64,
  I64: 64,
  U64: 64,
} as const;

export type SafetensorsDtype = keyof typeof dtypeBits;

/** Where a tensor lies: enough to read or map it without the header. */
export interface TensorEntry {
  readonly name: string;
  readonly dtype: SafetensorsDtype;
  readonly shape: readonly number[];
  /** Absolute path of the file. */
  readonly file: string;
  /** First byte, counted from the start of the file. */
  readonly offset: number;
  readonly byteLength: number;
}

export interface SafetensorsHeader {
  readonly file: string;
  readonly fileSize: number;
  readonly metadata: Readonly<Record<string, string>>;
  /** In the order of their data. */
  readonly entries: readonly TensorEntry[];
}

const maxHeaderLength = 100_000_000;
const chunkBytes = 8 << 20;

/**
 * Reads and checks the header of a safetensors file.
 *
 * @throws `file-not-found`, `file-unreadable`, or `safetensors-invalid` naming the file and the tensor.
 */
export async function readSafetensorsHeader(path: string): Promise<SafetensorsHeader> {
  const file = resolve(path);
  const handle = await openForReading(file);
  try {
    const { size: fileSize } = await handle.stat();
    if (fileSize < 8) throw invalid(file, `${fileSize} bytes are too few for a header length`);
    const length = Number((await readExactly(handle, file, 0, 8)).readBigUInt64LE());
    if (length > maxHeaderLength) {
      throw invalid(
        file,
        `the header length is ${length}, more than the ${maxHeaderLength} the format allows`,
      );
    }
    if (8 + length > fileSize) {
      throw invalid(file, `the header should take ${length} bytes, but the file ends after ${fileSize - 8}`);
    }
    const bytes = await readExactly(handle, file, 8, length);
    return parseHeader(file, bytes, fileSize);
  } finally {
    await handle.close();
  }
}

/** Opens a safetensors file: its tensors by name, in the order of their data. Errors as `readSafetensorsHeader`. */
export async function openSafetensors(path: string): Promise<Map<string, TensorEntry>> {
  const { entries } = await readSafetensorsHeader(path);
  return new Map(entries.map((entry) => [entry.name, entry]));
}

function parseHeader(file: string, bytes: Buffer, fileSize: number): SafetensorsHeader {
  if (bytes[0] !== 0x7b) throw invalid(file, "the header does not begin with {");
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw invalid(file, "the header is not UTF-8");
  }
  const { __metadata__: rawMetadata, ...tensors } = parseJsonObject(
    text,
    `the header of ${file}`,
    "safetensors-invalid",
  );
  const metadata = parseMetadata(file, rawMetadata);

  const dataStart = 8 + bytes.byteLength;
  const entries = Object.entries(tensors).map(([name, info]) => parseTensor(file, name, info, dataStart));
  // Empty tensors share their place with a neighbour; a stable order by (begin, end) puts them first.
  entries.sort((a, b) => a.offset - b.offset || a.byteLength - b.byteLength);
  let end = dataStart;
  for (const { name, offset, byteLength } of entries) {
    if (offset !== end) {
      const what =
        offset > end ? `leaves a hole of ${offset - end} bytes before it` : "overlaps the tensor before it";
      throw invalid(
        file,
        `tensor "${name}" ${what} (it begins at ${offset - dataStart} of the data, not at ${end - dataStart})`,
      );
    }
    end += byteLength;
  }
  if (end < fileSize) throw invalid(file, `${fileSize - end} bytes after the last tensor belong to none`);
  const cut = entries.find(({ offset, byteLength }) => offset + byteLength > fileSize);
  if (cut) {
    throw invalid(
      file,
      `it is cut off: tensor "${cut.name}" should end at byte ${cut.offset + cut.byteLength}, the file ends at ${fileSize}`,
    );
  }
  return { file, fileSize, metadata, entries };
}

function parseMetadata(file: string, raw: unknown): Record<string, string> {
  if (raw === undefined) return {};
  if (!isJsonObject(raw)) throw invalid(file, "__metadata__ is not an object");
  const wrong = Object.entries(raw).find(([, value]) => typeof value !== "string");
  if (wrong)
    throw invalid(
      file,
      `__metadata__ holds ${JSON.stringify(wrong[1])} under "${wrong[0]}", where only strings may stand`,
    );
  return raw as Record<string, string>;
}

function parseTensor(file: string, name: string, info: unknown, dataStart: number): TensorEntry {
  const wrong = (what: string) => invalid(file, `tensor "${name}" ${what}`);
  if (!isJsonObject(info)) throw wrong("is not described by an object");
  const { dtype, shape, data_offsets: offsets } = info;
  if (typeof dtype !== "string" || !Object.hasOwn(dtypeBits, dtype)) {
    throw wrong(`has the unknown dtype ${JSON.stringify(dtype)}`);
  }
  if (!isSizes(shape)) throw wrong(`has the impossible shape ${JSON.stringify(shape)}`);
  if (!isSizes(offsets) || offsets.length !== 2 || offsets[0]! > offsets[1]!) {
    throw wrong(`has the impossible data_offsets ${JSON.stringify(offsets)}`);
  }
  const [begin, end] = offsets as [number, number];
  const known = dtype as SafetensorsDtype;
  const bytes = byteLengthOf(known, shape);
  if (end - begin !== bytes) {
    throw wrong(`takes ${end - begin} bytes, but ${dtype} [${shape.join(", ")}] needs ${bytes}`);
  }
  return { name, dtype: known, shape, file, offset: dataStart + begin, byteLength: bytes };
}

/** Bytes of a tensor; not a safe integer, hence equal to no length, when it is absurdly large or ends within a byte. */
export function byteLengthOf(dtype: SafetensorsDtype, shape: readonly number[]): number {
  return (shape.reduce((product, size) => product * size, 1) * dtypeBits[dtype]) / 8;
}

const isSizes = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);

/**
 * Reads a tensor as float32, whatever float type it is stored in; into `target` when given.
 *
 * @throws `safetensors-invalid` for a tensor that holds no F32, F16 or BF16, or a file that shrank since its header was read.
 */
export async function readTensorFloat32(
  entry: TensorEntry,
  target: Float32Array = new Float32Array(elementsOf(entry)),
): Promise<Float32Array> {
  let at = 0;
  for await (const chunk of readTensorFloat32Chunks(entry)) {
    target.set(chunk, at);
    at += chunk.length;
  }
  return target;
}

/** The same in pieces of a few MB, for tensors that need not be held whole. A piece is only valid until the next one. */
export async function* readTensorFloat32Chunks(entry: TensorEntry): AsyncGenerator<Float32Array> {
  const widen = wideners[entry.dtype];
  if (!widen) {
    throw invalid(
      entry.file,
      `tensor "${entry.name}" is ${entry.dtype}; only F32, F16 and BF16 can be read as float32`,
    );
  }
  const wide = new Float32Array(Math.min(elementsOf(entry), chunkBytes / 2));
  for await (const { buffer, byteOffset, byteLength } of readTensorChunks(entry)) {
    yield widen(buffer, byteOffset, byteLength, wide);
  }
}

type Widener = (buffer: ArrayBufferLike, offset: number, bytes: number, wide: Float32Array) => Float32Array;

const wideners: { readonly [dtype in SafetensorsDtype]?: Widener } = {
  F32: (buffer, offset, bytes) => new Float32Array(buffer, offset, bytes / 4),
  F16: (buffer, offset, bytes, wide) =>
    float16ToFloat32(new Uint16Array(buffer, offset, bytes / 2), wide.subarray(0, bytes / 2)),
  BF16: (buffer, offset, bytes, wide) =>
    bfloat16ToFloat32(new Uint16Array(buffer, offset, bytes / 2), wide.subarray(0, bytes / 2)),
};

/** Reads a tensor's bytes as they lie in the file. */
export async function readTensorBytes(entry: TensorEntry): Promise<Uint8Array> {
  const bytes = new Uint8Array(entry.byteLength);
  let at = 0;
  for await (const chunk of readTensorChunks(entry)) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}

/** A tensor's bytes in pieces of whole elements, each valid until the next; every piece starts its own buffer. */
export async function* readTensorChunks(entry: TensorEntry): AsyncGenerator<Uint8Array> {
  const handle = await openForReading(entry.file);
  try {
    const buffer = Buffer.from(new ArrayBuffer(Math.min(chunkBytes, entry.byteLength)));
    for (let at = 0; at < entry.byteLength; at += buffer.byteLength) {
      const length = Math.min(buffer.byteLength, entry.byteLength - at);
      yield await readExactly(handle, entry.file, entry.offset + at, length, buffer);
    }
  } finally {
    await handle.close();
  }
}

function elementsOf({ shape }: TensorEntry): number {
  return shape.reduce((product, size) => product * size, 1);
}

async function openForReading(file: string): Promise<FileHandle> {
  try {
    const handle = await open(file, "r");
    if ((await handle.stat()).isFile()) return handle;
    await handle.close();
    throw new TunesmithError(
      "file-unreadable",
      `${file} is not a file`,
      "Give the path of a safetensors file.",
    );
  } catch (error) {
    throw asReadError(error, file);
  }
}

async function readExactly(
  handle: FileHandle,
  file: string,
  position: number,
  length: number,
  buffer: Buffer = Buffer.alloc(length),
): Promise<Buffer> {
  for (let at = 0; at < length; ) {
    const { bytesRead } = await handle.read(buffer, at, length - at, position + at);
    if (bytesRead === 0)
      throw invalid(file, `it ends at byte ${position + at}, within data its header promises`);
    at += bytesRead;
  }
  return buffer.subarray(0, length);
}

function invalid(file: string, what: string): TunesmithError {
  return new TunesmithError(
    "safetensors-invalid",
    `${file} is not a valid safetensors file: ${what}`,
    "The file is damaged or incomplete: fetch or write it again.",
  );
}
