/**
 * The documents of a plain text file. Three ways to tell them apart, the first that occurs:
 * lines that hold only `<|endoftext|>`; WikiText's top headings (` = Title = `), each of which begins an article;
 * else blank lines, so that paragraphs are the rows, and a part of the file can be held out for validation.
 */
import type { FileRecords } from "./records.ts";

const separator = /^<\|endoftext\|>$/;
const articleHeading = /^ = [^=](?:.*[^=])? = $/;

export function textRecords(text: string): FileRecords {
  const lines = text.split(/\r\n|\n/);
  const marked = lines.some((line) => separator.test(line));
  const articles = lines.some((line) => articleHeading.test(line));
  const found: FileRecords = { records: [], skipped: [] };
  let begun: { line: number; lines: string[] } = { line: 1, lines: [] };
  const close = (nextLine: number) => {
    const document = begun.lines
      .join("\n")
      .replace(/^(?:[ \t]*\n)+/, "")
      .trimEnd();
    if (document.trim() !== "") found.records.push({ record: { text: document }, line: begun.line });
    begun = { line: nextLine, lines: [] };
  };
  for (const [i, line] of lines.entries()) {
    if (marked ? separator.test(line) : !articles && line.trim() === "") {
      close(i + 2);
      continue;
    }
    if (!marked && articleHeading.test(line)) close(i + 1);
    if (begun.lines.length === 0) begun.line = i + 1;
    begun.lines.push(line);
  }
  close(lines.length);
  return found;
}
