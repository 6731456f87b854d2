/** Reads a zip file (PKWARE's APPNOTE, without its 64-bit parts), which a .vsix is. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { inflateRawSync } from "node:zlib";

export interface ZipEntry {
  name: string;
  /** Bytes, unpacked. */
  size: number;
  content(): Buffer;
}

export function readZip(path: string): ZipEntry[] {
  const zip = readFileSync(path);
  const end = zip.lastIndexOf("PK\x05\x06", undefined, "latin1");
  let at = zip.readUInt32LE(end + 16);
  return Array.from({ length: zip.readUInt16LE(end + 10) }, () => {
    const [nameLength, extra, comment] = [28, 30, 32].map((field) => zip.readUInt16LE(at + field));
    const name = zip.toString("utf8", at + 46, at + 46 + nameLength!);
    const entry = { name, size: zip.readUInt32LE(at + 24), content: contentAt(zip, at) };
    at += 46 + nameLength! + extra! + comment!;
    return entry;
  });
}

function contentAt(zip: Buffer, directory: number): () => Buffer {
  const method = zip.readUInt16LE(directory + 10);
  const packed = zip.readUInt32LE(directory + 20);
  const local = zip.readUInt32LE(directory + 42);
  return () => {
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const bytes = zip.subarray(start, start + packed);
    return method === 0 ? bytes : inflateRawSync(bytes);
  };
}

export function unpack(entries: readonly ZipEntry[], folder: string): void {
  for (const { name, content } of entries) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content());
  }
}
