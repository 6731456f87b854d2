/** `tunesmith.lint.json`: found, read, checked, and asked about single files. */
import { readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import picomatch from "picomatch";
import type { ColumnMapping } from "../data/formats/columns.ts";
import type { RuleSettings } from "../data/lint/settings.ts";
import { matcher } from "../data/lint/settings.ts";
import { rules } from "../data/rules/index.ts";
import type { Part, Target } from "../data/rules/rule.ts";
import { invalidSettings, type Mistake, mistakesIn, settingPlaces } from "../json/check.ts";
import { asReadError } from "../protocol/refusals.ts";
import { nearest } from "../protocol/suggest.ts";
import { lintConfigName, lintConfigSchema } from "./config-schema.ts";

type Patterns = string | readonly string[];

interface Common {
  target?: Target;
  model?: string;
  maxLength?: number;
  rules?: RuleSettings;
}

interface DatasetEntry extends Common {
  train?: Patterns;
  validation?: Patterns;
  test?: Patterns;
  files?: Patterns;
  format?: string;
  columns?: ColumnMapping;
}

interface ConfigFile extends Common {
  datasets?: readonly DatasetEntry[];
  ignore?: Patterns;
}

export interface LintConfig extends ConfigFile {
  /** Its own absolute path. */
  path: string;
}

/** What the configuration says of one file. */
export interface Configured extends Common {
  /** An entry names it. */
  isNamed: boolean;
  isIgnored: boolean;
  part?: Part;
  format?: string;
  columns?: ColumnMapping;
  /** Patterns of the other files of its dataset, by part; absolute. */
  siblings: { part: Part | undefined; pattern: string }[];
}

const parts = ["train", "validation", "test"] as const;

/**
 * The configuration that holds for a file: of the nearest folder above it that has one.
 * @throws as `readLintConfig`
 */
export function findLintConfig(path: string): LintConfig | undefined {
  for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
    const candidate = join(folder, lintConfigName);
    if (statSync(candidate, { throwIfNoEntry: false })?.isFile()) return readLintConfig(candidate);
    if (dirname(folder) === folder) return undefined;
  }
}

/** @throws `file-not-found`, `file-unreadable`; `lint-config-invalid` with the place of every mistake */
export function readLintConfig(path: string): LintConfig {
  let source: string;
  try {
    source = readFileSync(path, "utf8");
  } catch (error) {
    const hint = `Give the path of a ${lintConfigName}.`;
    throw asReadError(error, path, { whenMissing: hint, whenUnreadable: hint });
  }
  return parseLintConfig(source, path);
}

/** As `readLintConfig`, from text. */
export function parseLintConfig(source: string, path: string): LintConfig {
  const { text, locate } = settingPlaces(source, path, "lint-config-invalid");
  const value = JSON.parse(text) as ConfigFile;
  const mistakes = [
    ...mistakesIn(lintConfigSchema(rules), structuredClone(value), "", lintConfigName),
    ...unknownRules(value.rules, "/rules"),
    ...(Array.isArray(value.datasets)
      ? (value.datasets as DatasetEntry[]).flatMap((entry, i) =>
          unknownRules(entry?.rules, `/datasets/${i}/rules`),
        )
      : []),
  ];
  if (mistakes.length > 0) throw invalidSettings("lint-config-invalid", mistakes, locate);
  return { ...value, path: resolve(path) };
}

/** A rule that does not exist is never off: saying so beats staying silent. */
function unknownRules(set: unknown, pointer: string): Mistake[] {
  if (typeof set !== "object" || set === null) return [];
  return Object.keys(set)
    .filter((pattern) => !rules.some(({ id }) => matcher(pattern)(id)))
    .map((pattern) => {
      const near = nearest(
        pattern,
        rules.map(({ id }) => id),
      );
      return {
        pointer: `${pointer}/${pattern.replaceAll("~", "~0").replaceAll("/", "~1")}`,
        part: "key",
        message: `there is no rule "${pattern}"`,
        hint: near ? `Did you mean "${near}"?` : "The documentation lists all rules.",
      };
    });
}

/** What `config` says of the file at `path`. */
export function configured(config: LintConfig, path: string): Configured {
  const folder = dirname(config.path);
  const name = relative(folder, resolve(path)).split(sep).join("/");
  const { target, model, maxLength } = config;
  const whole: Common = {
    ...(target && { target }),
    ...(model && { model }),
    ...(maxLength && { maxLength }),
    rules: config.rules ?? {},
  };
  const isIgnored = listed(config.ignore).some((pattern) => matches(pattern, name));
  for (const entry of config.datasets ?? []) {
    const part = parts.find((each) => listed(entry[each]).some((pattern) => matches(pattern, name)));
    const isNamed = part !== undefined || listed(entry.files).some((pattern) => matches(pattern, name));
    if (!isNamed) continue;
    const { format, columns } = entry;
    return {
      ...whole,
      ...(entry.target && { target: entry.target }),
      ...(entry.model && { model: entry.model }),
      ...(entry.maxLength && { maxLength: entry.maxLength }),
      rules: { ...whole.rules, ...entry.rules },
      ...(format && { format }),
      ...(columns && { columns }),
      ...(part && { part }),
      isNamed,
      isIgnored,
      siblings: parts.flatMap((each) =>
        listed(entry[each]).map((pattern) => ({ part: each, pattern: resolve(folder, pattern) })),
      ),
    };
  }
  return { ...whole, isNamed: false, isIgnored, siblings: [] };
}

function listed(patterns: Patterns | undefined): readonly string[] {
  return patterns === undefined ? [] : typeof patterns === "string" ? [patterns] : patterns;
}

function matches(pattern: string, name: string): boolean {
  return picomatch(pattern.replace(/^\.\//, ""), { dot: true })(name);
}
