/** Where a dataset's first row stands, found in the beginning of its text. Knows nothing of VS Code. */
import { formats } from "../../data/formats/index.ts";
import { isJsonObject } from "../../json/object.ts";
import { scanJson } from "../../json/scan.ts";

/** Below this a format takes nearly any record. */
const looksLikeIt = 0.5;

/**
 * @param text the beginning of the file
 * @returns the offset of the first row; undefined where this is no dataset
 */
export function firstRow(path: string, text: string): number | undefined {
  const extension = /\.[^.]+$/.exec(path.toLowerCase())?.[0];
  const start = text.search(/\S/);
  if (start < 0) return undefined;
  switch (extension) {
    case ".csv":
    case ".tsv":
      return 0;
    case ".jsonl":
    case ".ndjson":
      return text[start] === "{" ? start : undefined;
    case ".json":
      return firstElement(text);
    default:
      return undefined;
  }
}

/** Most .json files are no datasets: the first object of an array, or of an array in an object, has to look like a row. */
function firstElement(text: string): number | undefined {
  let found: { value: unknown; start: number } | undefined;
  const depth = text.trimStart().startsWith("[") ? 1 : 2;
  scanJson(text, {
    leave(path, start, end) {
      if (found || path.length !== depth || typeof path.at(-1) !== "number") return;
      found = { value: JSON.parse(text.slice(start, end)), start };
    },
  });
  if (!found || !isJsonObject(found.value)) return undefined;
  const record = found.value;
  return formats.some((format) => format.recognise(record) >= looksLikeIt) ? found.start : undefined;
}
