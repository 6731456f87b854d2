/** For GitHub Actions: workflow commands, which become annotations of the files' lines (GitHub docs, "Workflow commands"). */
import type { Report } from "./index.ts";
import { fromOne } from "./json.ts";
import { shownPath } from "./paths.ts";
import { andMore, summary, unneeded } from "./pretty.ts";

const commands = { error: "error", warning: "warning", info: "notice" } as const;

export const github: Report = (results, folder) => {
  const lines = results.flatMap(({ path, problems, unused, troubles }) => {
    const file = property(shownPath(path, folder));
    return [
      ...troubles.map(({ message }) => `::error file=${file}::${data(message)}`),
      ...problems.map(({ severity, message, rule, range, more }) => {
        const { line, column, endLine, endColumn } = fromOne(range);
        // Columns are only allowed where the range lies on one line.
        const columns = line === endLine ? `,col=${column},endColumn=${endColumn}` : "";
        const place = `line=${line},endLine=${endLine}${columns}`;
        return `::${commands[severity]} file=${file},${place},title=${property(rule)}::${data(message)}${andMore(more)}`;
      }),
      ...unused.map((suppression) => `::warning file=${file}::${data(unneeded(suppression))}`),
    ];
  });
  return `${[...lines, summary(results)].join("\n")}\n`;
};

function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
