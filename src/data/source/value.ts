/** What a record's source says, in each container: the same to the trainer and to the linter. */
import type { Container, Header } from "./container.ts";
import { cellsOf } from "./table.ts";

/** Undefined where the source is not valid; of a table's record, where it has other cells than the header. */
export function valueIn(
  source: string,
  container: Container,
  header: Header | undefined,
): { value: unknown } | undefined {
  switch (container) {
    case "documents":
      return { value: { text: source.replaceAll("\r\n", "\n") } };
    case "table": {
      const cells = header ? cellsOf(source, header.delimiter) : [];
      if (!header || cells.length !== header.names.length) return undefined;
      return { value: Object.fromEntries(header.names.map((name, i) => [name, cells[i]!.text])) };
    }
    default:
      try {
        return { value: JSON.parse(source) };
      } catch {
        return undefined;
      }
  }
}
