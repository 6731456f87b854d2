/**
 * Writing safetensors files (format: see safetensors.ts), streamed and atomic, the same bytes for the same tensors.
 *
 * Tensors are ordered as the reference implementation orders them: wide types first, which keeps every tensor
 * aligned to its own element size, then by name.
 *
 * `alignment` makes the data of every tensor begin at a multiple of that many bytes from the file's start. ONNX
 * Runtime maps external data at any offset on POSIX, but on Windows only at multiples of 64 KiB (otherwise it
 * copies). The format allows no holes, so the header is padded with spaces until the first tensor is aligned, and
 * the gaps between tensors are themselves tensors: U8, named `__pad_0`, `__pad_1` … That stays valid for every
 * reader; it costs half of `alignment` a tensor on average, and readers that list names see the padding. Hence it
 * is for files of our own (the float32 cache), and off by default.
 */
import { internalError } from "../protocol/errors.ts";
import { type AtomicWriter, writeAtomic } from "./atomic.ts";
import { byteLengthOf, dtypeBits, type SafetensorsDtype } from "./safetensors.ts";

/** A tensor to write. `data` holds the elements as they should lie in the file, or makes them piece by piece. */
export interface TensorToWrite {
  readonly name: string;
  readonly dtype: SafetensorsDtype;
  readonly shape: readonly number[];
  readonly data: ArrayBufferView | (() => AsyncIterable<ArrayBufferView>);
}

export interface WriteOptions {
  readonly metadata?: Readonly<Record<string, string>>;
  /** Bytes, a multiple of 8: every tensor's data begins at a multiple of it. By default there is no padding. */
  readonly alignment?: number;
}

const paddingPrefix = "__pad_";

/** Whether a name belongs to the padding between aligned tensors, not to the model. */
export const isPadding = (name: string): boolean => name.startsWith(paddingPrefix);

/**
 * Writes a safetensors file. Pieces are written as they come: nothing is held beyond what the caller holds.
 *
 * @throws `disk-full` (checked before the first byte), `file-unwritable`; `internal` when data and shape disagree.
 */
export async function writeSafetensors(
  path: string,
  tensors: Iterable<TensorToWrite>,
  { metadata, alignment }: WriteOptions = {},
): Promise<void> {
  const layout = lay(tensors, metadata, alignment);
  await writeAtomic(
    path,
    async (writer) => {
      await writer.write(layout.header);
      for (const tensor of layout.tensors) await writeTensor(writer, tensor);
    },
    layout.fileSize,
  );
}

/** Header and order of the file, paddings included. */
function lay(
  tensors: Iterable<TensorToWrite>,
  metadata: Readonly<Record<string, string>> | undefined,
  alignment: number | undefined,
): { header: Uint8Array; tensors: TensorToWrite[]; fileSize: number } {
  const ordered = [...tensors].sort(
    (a, b) => dtypeBits[b.dtype] - dtypeBits[a.dtype] || (a.name < b.name ? -1 : 1),
  );
  const placed: TensorToWrite[] = [];
  let paddings = 0;
  const description = new Map<string, unknown>();
  if (metadata) description.set("__metadata__", metadata);
  let end = 0;
  const place = (tensor: TensorToWrite) => {
    const { name, dtype, shape } = tensor;
    if (description.has(name)) throw internalError(`tensor "${name}" is written twice`);
    const bytes = byteLengthOf(dtype, shape);
    description.set(name, { dtype, shape, data_offsets: [end, end + bytes] });
    placed.push(tensor);
    end += bytes;
  };
  for (const tensor of ordered) {
    const gap = alignment ? roundUp(end, alignment) - end : 0;
    if (gap > 0) {
      place({ name: `${paddingPrefix}${paddings++}`, dtype: "U8", shape: [gap], data: new Uint8Array(gap) });
    }
    place(tensor);
  }
  const json = Buffer.from(JSON.stringify(Object.fromEntries(description)));
  const dataStart = roundUp(8 + json.byteLength, alignment ?? 8);
  const header = Buffer.alloc(dataStart, " ");
  header.writeBigUInt64LE(BigInt(dataStart - 8));
  json.copy(header, 8);
  return { header, tensors: placed, fileSize: dataStart + end };
}

const roundUp = (bytes: number, unit: number): number => Math.ceil(bytes / unit) * unit;

async function writeTensor(writer: AtomicWriter, { name, dtype, shape, data }: TensorToWrite): Promise<void> {
  const expected = byteLengthOf(dtype, shape);
  let written = 0;
  for await (const piece of typeof data === "function" ? data() : [data]) {
    await writer.write(new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength));
    written += piece.byteLength;
  }
  if (written !== expected) {
    throw internalError(
      `tensor "${name}": ${written} bytes for ${dtype} [${shape.join(", ")}], which takes ${expected}`,
    );
  }
}
