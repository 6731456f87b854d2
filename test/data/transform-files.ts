/** Whole files that transformations are tried on. */
import { type DatasetText, openDataset } from "../../src/data/transform/dataset.ts";
import type { Random } from "../../src/random/random.ts";

export const lines = (...records: unknown[]) =>
  records.map((record) => `${JSON.stringify(record)}\n`).join("");
export const open = (text: string, name = "train.jsonl") => openDataset(text, name);
export const rowsOf = ({ items }: DatasetText) => items.map(({ row }) => row);
export const names = ["x.jsonl", "x.json", "x.csv", "x.txt"];
export const sources = (text: string, name: string) => open(text, name).items.map(({ source }) => source);

/** Many records, each written in its own way. */
export function many(count: number, name: string, random: Random): string {
  const record = (i: number) => ({ prompt: `q${random.integer(count)}`, completion: `l${i % 4}`, n: i });
  const odd = (i: number) =>
    i % 3 === 0 ? JSON.stringify(record(i), null, " ").replace(/\n/g, "") : JSON.stringify(record(i));
  const all = Array.from({ length: count }, (_, i) => i);
  if (name.endsWith(".json"))
    return `[ ${all.map((i) => (i % 2 ? JSON.stringify(record(i), null, 3) : odd(i))).join(i3(random))}\n]`;
  if (name.endsWith(".csv"))
    return `prompt,completion,n\n${all.map((i) => `"${record(i).prompt}",l${i % 4},${i}\n`).join("")}`;
  if (name.endsWith(".txt")) return all.map((i) => `text ${i}\nmore`).join("\n\n\n");
  return all.map(odd).join(random.integer(2) ? "\n" : "\r\n\r\n");
}

const i3 = (random: Random) => [",", ", ", ",\n"][random.integer(3)]!;
