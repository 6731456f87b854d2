/**
 * Problems that a person has looked at and lets be. JSON and CSV have no comments, and a key of ours in a record would
 * break strict loaders; so they are kept beside the data, by rule and by a hash of the row. Sorting the file, adding
 * rows and setting rows out otherwise change nothing; a changed row is a new row.
 */
import { createHash } from "node:crypto";
import { isJsonObject } from "../../json/object.ts";
import { TunesmithError } from "../../protocol/errors.ts";
import type { RecordView } from "../rules/rule.ts";

export interface Suppression {
  rule: string;
  /** `rowKey` of the row; "file" for what concerns the file as a whole. */
  row: string;
  /** The beginning of the row, for people. */
  text?: string;
  reason?: string;
}

/** Of the dataset "train.jsonl": "train.jsonl.suppressions.json". */
export const suppressionsSuffix = ".suppressions.json";
export const fileKey = "file";

/** For editors. */
export const suppressionsSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "Problems of a dataset that somebody has looked at and lets be",
  type: "object",
  required: ["suppressions"],
  properties: {
    suppressions: {
      type: "array",
      items: {
        type: "object",
        required: ["rule", "row"],
        additionalProperties: false,
        properties: {
          rule: { type: "string", description: "The rule that is not told of here." },
          row: {
            type: "string",
            description:
              "A hash of the row as it is: another row, or the row once it is changed, has another.",
          },
          text: { type: "string", description: "The row's beginning, for people." },
          reason: { type: "string", description: "Why this is as it should be." },
        },
      },
    },
  },
};

/** The same for the same values, however they are set out and in whatever order members stand. */
export function rowKey(view: Pick<RecordView, "value" | "source">): string {
  const content = view.value === undefined ? view.source : canonical(view.value);
  return createHash("sha256").update(content).digest("hex").slice(0, 16);
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const members = Object.keys(value).sort();
  return `{${members.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
}

export class Suppressions {
  readonly list: readonly Suppression[];
  readonly #known: Set<string>;

  constructor(list: readonly Suppression[] = []) {
    this.list = list;
    this.#known = new Set(list.map(({ rule, row }) => `${rule} ${row}`));
  }

  has(rule: string, row: string): boolean {
    return this.#known.has(`${rule} ${row}`);
  }

  get isEmpty(): boolean {
    return this.list.length === 0;
  }

  with(suppression: Suppression): Suppressions {
    return this.has(suppression.rule, suppression.row) ? this : new Suppressions([...this.list, suppression]);
  }

  /** Those that nothing needed; `used` holds "rule row". */
  unused(used: ReadonlySet<string>): Suppression[] {
    return this.list.filter(({ rule, row }) => !used.has(`${rule} ${row}`));
  }

  toText(): string {
    const sorted = [...this.list].sort((a, b) => a.rule.localeCompare(b.rule) || a.row.localeCompare(b.row));
    const lines = sorted.map((each) => `    ${JSON.stringify(each)}`);
    return `{\n  "suppressions": [\n${lines.join(",\n")}\n  ]\n}\n`;
  }
}

/** @throws `lint-config-invalid` */
export function parseSuppressions(text: string, path: string): Suppressions {
  const wrong = (what: string) =>
    new TunesmithError(
      "lint-config-invalid",
      `${path}: ${what}`,
      'It is an object such as { "suppressions": [{ "rule": "…", "row": "…" }] }; delete it to begin anew.',
    );
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw wrong(`this is not valid JSON: ${(error as Error).message}`);
  }
  const list = isJsonObject(value) ? value.suppressions : undefined;
  if (!Array.isArray(list)) throw wrong('there is no list "suppressions"');
  const isSuppression = (each: unknown): each is Suppression =>
    isJsonObject(each) && typeof each.rule === "string" && typeof each.row === "string";
  const bad = list.findIndex((each) => !isSuppression(each));
  if (bad >= 0) throw wrong(`number ${bad + 1} has no rule and row`);
  return new Suppressions(list as Suppression[]);
}
