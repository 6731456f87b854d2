/** The settings of `tunesmith.lint.json`: what each means and may be. Editors get the same as a JSON Schema. */

import { formats } from "../data/formats/index.ts";
import { levels, type Rule, severities, targets } from "../data/rules/rule.ts";
import { choice, integer, object, type Schema, text } from "../protocol/schema-parts.ts";

export const lintConfigName = "tunesmith.lint.json";

const severity = choice("How severe problems of this rule are; `off` does not look for them.", [
  ...severities,
  "off",
]);

function files(description: string): Schema {
  return {
    anyOf: [
      { type: "string", minLength: 1 },
      { type: "array", items: { type: "string", minLength: 1 } },
    ],
    title: "a file or pattern, or a list of them",
    description: `${description} Relative to this file; \`*\` and \`**\` stand for anything.`,
  };
}

/** Settings that hold for all files, or for those of one dataset. */
function common(rules: readonly Rule[]): Record<string, Schema> {
  return {
    target: choice("Which trainer the data is for: what it refuses is an error.", targets, "tunesmith"),
    model: text(
      'The base model whose eyes rows are seen with: "tiny", a folder, or a hub name that is in the cache. Left out: that of the recipe beside the data.',
    ),
    maxLength: integer("Most tokens of a row; the rest is cut. Left out: the recipe's.", 8, 1_000_000),
    rules: {
      type: "object",
      description:
        'Severity by rule or pattern ("tool-*"), with thresholds: `"near-duplicate": ["info", { "similarity": 0.8 }]`. Later ones win.',
      properties: Object.fromEntries(rules.map((rule) => [rule.id, ruleSetting(rule)])),
      additionalProperties: ruleSetting(undefined),
    },
  };
}

function ruleSetting(rule: Rule | undefined): Schema {
  const options = Object.entries(rule?.options ?? {}).map(([name, option]): [string, Schema] => [
    name,
    {
      type: "number",
      description: option.description,
      default: option.default,
      ...(option.minimum !== undefined && { minimum: option.minimum }),
      ...(option.maximum !== undefined && { maximum: option.maximum }),
    },
  ]);
  const title =
    options.length > 0
      ? `a severity, or [severity, { ${options.map(([name]) => name).join(", ")} }]`
      : "error, warning, info or off";
  return {
    anyOf: [severity, { type: "array", minItems: 1, items: { anyOf: [severity, thresholds(options)] } }],
    title,
    ...(rule && { description: `${rule.summary}. (${rule.level}; ${rule.severity} unless set)` }),
  };
}

function thresholds(options: [string, Schema][]): Schema {
  return {
    type: "object",
    properties: Object.fromEntries(options.map(([name, { default: _, ...schema }]) => [name, schema])),
    additionalProperties: options.length > 0 ? false : { type: "number" },
  };
}

export function lintConfigSchema(rules: readonly Rule[]): Schema {
  return object("Settings of the dataset linter.", {
    $schema: text("Where editors find this schema."),
    ...common(rules),
    datasets: {
      type: "array",
      description:
        "The files to lint, one entry for each dataset; files of one entry are compared with each other.",
      items: object("A dataset.", {
        train: files("Rows to learn from."),
        validation: files("Rows that choose between checkpoints."),
        test: files("Rows that judge the result."),
        files: files("Files of no particular part."),
        format: choice(
          "The format of its records, where it should not be found out.",
          formats.map(({ name }) => name),
        ),
        columns: object(
          "Which columns are question and answer, for data in no known format.",
          {
            input: text("The column with the question."),
            output: text("The column with the answer."),
            system: text("A column with a system message."),
          },
          ["input", "output"],
        ),
        ...common(rules),
      }),
    },
    ignore: files("Files that are never linted."),
  });
}

export function lintConfigJsonSchema(rules: readonly Rule[]): object {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: `Tunesmith dataset linter (${lintConfigName}); rules of the levels ${levels.join(", ")}`,
    ...lintConfigSchema(rules),
  };
}
