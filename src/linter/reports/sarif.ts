/** For code scanning: SARIF 2.1.0 (OASIS standard, https://docs.oasis-open.org/sarif/sarif/v2.1.0/). */
import { createHash } from "node:crypto";
import { isAbsolute } from "node:path";
import { pathToFileURL } from "node:url";
import type { LintRange } from "../../contracts/lint.ts";
import { rules } from "../../data/rules/index.ts";
import type { Report } from "./index.ts";
import { fromOne } from "./json.ts";
import { shownPath } from "./paths.ts";
import { andMore, unneeded } from "./pretty.ts";

const levels = { error: "error", warning: "warning", info: "note", off: "none" } as const;

export const sarif: Report = (results, folder) => {
  const region = (range: LintRange) => {
    const { line, column, endLine, endColumn } = fromOne(range);
    return { startLine: line, startColumn: column, endLine, endColumn };
  };
  const artifact = (path: string) => {
    const shown = shownPath(path, folder);
    if (isAbsolute(shown)) return { uri: pathToFileURL(path).href };
    return { uri: shown.split("/").map(encodeURIComponent).join("/"), uriBaseId: "SRCROOT" };
  };
  const notification = (level: "error" | "warning", path: string, text: string) => ({
    level,
    message: { text },
    locations: [{ physicalLocation: { artifactLocation: artifact(path) } }],
  });
  const log = {
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "Tunesmith",
            rules: rules.map(({ id, summary, rationale, severity }) => ({
              id,
              shortDescription: { text: summary },
              fullDescription: { text: rationale },
              defaultConfiguration: { level: levels[severity], enabled: severity !== "off" },
            })),
          },
        },
        columnKind: "utf16CodeUnits",
        invocations: [
          {
            executionSuccessful: results.every(({ troubles }) => troubles.length === 0),
            toolExecutionNotifications: results.flatMap(({ path, troubles, unused }) => [
              ...troubles.map(({ message }) => notification("error", path, message)),
              ...unused.map((suppression) => notification("warning", path, unneeded(suppression))),
            ]),
          },
        ],
        originalUriBaseIds: { SRCROOT: { uri: `${pathToFileURL(folder).href.replace(/\/$/, "")}/` } },
        results: results.flatMap(({ path, problems }) =>
          problems.map(({ rule, severity, message, range, related, more }) => ({
            ruleId: rule,
            ruleIndex: rules.findIndex(({ id }) => id === rule),
            level: levels[severity],
            message: { text: message + andMore(more) },
            locations: [{ physicalLocation: { artifactLocation: artifact(path), region: region(range) } }],
            relatedLocations: related.map((each) => ({
              physicalLocation: { artifactLocation: artifact(each.path ?? path), region: region(each.range) },
              message: { text: each.message },
            })),
            partialFingerprints: {
              problem: createHash("sha256")
                .update(`${shownPath(path, folder)} ${rule} ${message}`)
                .digest("hex")
                .slice(0, 16),
            },
          })),
        ),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
};
