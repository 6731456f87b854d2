/** Records of CSV and TSV files (RFC 4180, with a header line), read by csv-parse. */
import { type CsvError, parse } from "csv-parse/sync";
import { TunesmithError } from "../protocol/errors.ts";
import type { FileRecords } from "./records.ts";

/**
 * @param delimiter found from the header where it is not given: comma, semicolon or tab
 * @throws `dataset-invalid` for a quote that is not closed, and for a header with a name twice
 */
export function csvRecords(text: string, path: string, delimiter = delimiterOf(text)): FileRecords {
  const found: FileRecords = { records: [], skipped: [] };
  const [first, ...lines] = withFirstLines(text, delimiter, path);
  if (first === undefined) return found;
  const header = first.cells.map((name) => name.trim());
  const twice = header.find((name, i) => name !== "" && header.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new TunesmithError(
      "dataset-invalid",
      `${path} has two columns named "${twice}"`,
      "Give each column its own name in the first line.",
    );
  }
  for (const { line, cells } of lines) {
    if (cells.length === header.length) {
      found.records.push({ line, record: Object.fromEntries(header.map((name, i) => [name, cells[i]])) });
    } else {
      const counted = `${cells.length} ${cells.length === 1 ? "field" : "fields"}`;
      found.skipped.push({ line, reason: `${counted} where the header has ${header.length}` });
    }
  }
  return found;
}

/** Every line's cells, with the number of the line on which they begin (a quoted cell may span lines). */
function withFirstLines(text: string, delimiter: string, path: string): { line: number; cells: string[] }[] {
  const lines: { line: number; cells: string[] }[] = [];
  let [next, blank] = [1, 0];
  const onRecord = (cells: string[], context: { lines: number; empty_lines: number }) => {
    lines.push({ line: next + context.empty_lines - blank, cells });
    [next, blank] = [context.lines + 1, context.empty_lines];
    return null;
  };
  try {
    // csv-parse counts \r\n inside quotes as two lines.
    parse(text.replace(/\r\n?/g, "\n"), {
      delimiter,
      record_delimiter: "\n",
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      on_record: onRecord,
    });
  } catch (error) {
    throw new TunesmithError(
      "dataset-invalid",
      `${path}: the record that begins at line ${next} cannot be read: ${(error as CsvError).message}`,
      'Close the quoted field; a quote inside one is written twice ("").',
      { cause: error },
    );
  }
  return lines;
}

/** The delimiter that splits the header line into most fields. */
function delimiterOf(text: string): string {
  const header = text.slice(0, text.search(/[\r\n]|$/)).replace(/"[^"]*"/g, "");
  const count = (delimiter: string) => header.split(delimiter).length;
  return [",", ";", "\t"].reduce((best, next) => (count(next) > count(best) ? next : best));
}
