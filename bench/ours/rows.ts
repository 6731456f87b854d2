/** Rows for measuring the linter: chat messages of ordinary English words, seeded, as many as are asked for. */
import { closeSync, openSync, writeSync } from "node:fs";
import { Random } from "../../src/random/random.ts";

const words =
  "the quick brown fox jumps over a lazy dog while seven wizards make some brew for an evil queen and jack who knows that training data needs care because models learn whatever they see in it without asking where it comes from or what it means to people".split(
    " ",
  );
const writtenAt = 4 * 1024 * 1024;

/**
 * Writes a JSONL file of about 500 bytes a row. One row in a thousand has a mistake: a role that does not exist, an
 * answer that is empty, a row that stands there twice, a comma too many.
 */
export function writeRows(path: string, rows: number): void {
  const random = new Random(11, "rows");
  const sentence = (length: number) => {
    let text = "";
    while (text.length < length) text += `${words[random.integer(words.length)]} `;
    return `${text.trim()}.`;
  };
  const file = openSync(path, "w");
  let waiting = "";
  let last = "";
  for (let i = 0; i < rows; i++) {
    let row = JSON.stringify({
      messages: [
        { role: "system", content: "You are a helpful assistant." },
        { role: "user", content: `${i}: ${sentence(130)}` },
        { role: "assistant", content: sentence(220) },
      ],
    });
    if (i % 1000 === 7) row = broken(row, last, Math.floor(i / 1000) % 4);
    waiting += `${row}\n`;
    last = row;
    if (waiting.length > writtenAt) {
      writeSync(file, waiting);
      waiting = "";
    }
  }
  writeSync(file, waiting);
  closeSync(file);
}

function broken(row: string, last: string, kind: number): string {
  if (kind === 0) return row.replace('"role":"user"', '"role":"usr"');
  if (kind === 1) return row.replace(/("role":"assistant","content":)"[^"]*"/, '$1""');
  return kind === 2 ? last : row.replace("}]}", "},]}");
}
