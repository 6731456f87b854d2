/**
 * Writes the sample dataset, `assets/sample/support.jsonl`: short messages to a shop, and the queue each belongs to.
 *
 *   node --import tsx scripts/tiny/dataset.ts
 *
 * One message in ten also has a word of another queue, as people write.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { Random } from "../../src/random/random.ts";
import { sentence } from "./episodes.ts";
import { queues } from "./words.ts";

const rows = 600;
const mixed = 0.1;

const random = new Random("sample dataset");
const names = Object.keys(queues);
const lines: string[] = [];
const seen = new Set<string>();
while (lines.length < rows) {
  const name = names[lines.length % names.length]!;
  const other = names[random.integer(names.length)]!;
  const bag = [...queues[name]!];
  if (random.uniform() < mixed && other !== name)
    bag.splice(random.integer(bag.length), 1, queues[other]![random.integer(8)]!);
  const prompt = sentence(random, bag).join(" ");
  if (seen.has(prompt)) continue;
  seen.add(prompt);
  lines.push(JSON.stringify({ prompt, completion: name }));
}

mkdirSync("assets/sample", { recursive: true });
writeFileSync("assets/sample/support.jsonl", `${random.shuffle(lines).join("\n")}\n`);
