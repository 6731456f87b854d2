// A page for each lint rule, and one that lists them, from the rules themselves: `node scripts/rule-docs.mjs`. With
// --check it only says whether the pages are those of the rules, and fails if they are not.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureInstalled, root } from "./install.mjs";

ensureInstalled();
const { load } = await import("./panel-checks.mjs");
const { rules, levels } = await load(
  'export { rules } from "./src/data/rules/index.ts"; export { levels } from "./src/data/rules/rule.ts";',
);

const titles = {
  syntax: "Syntax: can the file be read at all?",
  schema: "Schema: is every record what its format says?",
  conversation: "Conversation: do the turns make sense?",
  content: "Content: is what is said worth learning?",
  tokens: "Tokens and template: what does the model see?",
  set: "The whole set: do the rows go together?",
  training: "Training: what did the last run find hard?",
};
const notice = "<!-- Made by scripts/rule-docs.mjs from src/data/rules. -->";

const pages = new Map(rules.map((rule) => [`${rule.id}.md`, pageOf(rule)]));
pages.set("README.md", listOf());

const folder = join(root, "docs", "rules");
if (process.argv.includes("--check")) {
  const there = new Map(filesIn(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]));
  const wrong = [...new Set([...pages.keys(), ...there.keys()])].filter(
    (name) => pages.get(name) !== there.get(name),
  );
  if (wrong.length > 0) {
    console.error(
      `docs/rules is not what src/data/rules says (${wrong.join(", ")}): run "npm run rule-docs".`,
    );
    process.exit(1);
  }
} else {
  mkdirSync(folder, { recursive: true });
  for (const name of filesIn(folder)) if (!pages.has(name)) rmSync(join(folder, name));
  for (const [name, text] of pages) writeFileSync(join(folder, name), text);
  console.log(`${pages.size - 1} rules`);
}

function filesIn(path) {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function pageOf(rule) {
  const { id, summary, severity, level, rationale, source, bad, good, options = {}, targets = {} } = rule;
  const differing = Object.entries(targets).map(([target, other]) => `${other} for ${target}`);
  const severities = [severity === "off" ? "off, unless set" : severity, ...differing].join(", ");
  const parts = [
    `# ${id}`,
    notice,
    `${summary}.`,
    `*Level:* ${level} · *Severity:* ${severities} · *Fix:* ${bad.some(({ fixed }) => fixed !== undefined) ? "yes" : "none"}`,
    rationale,
  ];
  if (Object.keys(options).length > 0) {
    parts.push(
      "## Thresholds",
      [
        "| name | default | meaning |",
        "| --- | --- | --- |",
        ...Object.entries(options).map(
          ([name, option]) => `| \`${name}\` | ${option.default} | ${option.description} |`,
        ),
      ].join("\n"),
      `Set them in \`tunesmith.lint.json\`: \`"rules": { "${id}": ["${severity === "off" ? "info" : severity}", { "${Object.keys(options)[0]}": ${Object.values(options)[0].default} }] }\`.`,
    );
  }
  parts.push("## Found", "The marks « and » stand around what is shown; they are not part of the file.");
  for (const example of bad) parts.push(...exampleOf(example));
  parts.push("## Not found");
  for (const example of good) parts.push(...exampleOf(example));
  parts.push("## Known from", source);
  return `${parts.join("\n\n")}\n`;
}

function exampleOf(example) {
  const {
    text,
    fixed,
    name = "train.jsonl",
    note,
    beside = {},
    target,
    columns,
    heldOut,
    model,
    maxLength,
  } = example;
  const facts = [
    note,
    target && `For ${target}.`,
    columns && `With the columns ${columns.input} and ${columns.output}.`,
    heldOut && `The recipe holds out ${heldOut.validation} for validation and ${heldOut.test} for test.`,
    model !== undefined &&
      `As ${typeof model === "string" ? `the model "${model}" sees it` : "a model with a template of its own sees it"}.`,
    maxLength && `At most ${maxLength} tokens a row.`,
  ].filter(Boolean);
  const parts = facts.length > 0 ? [facts.join(" ")] : [];
  for (const [other, content] of Object.entries(beside))
    parts.push(`\`${other}\` beside it:`, block(content, other));
  parts.push(block(text, name));
  if (fixed !== undefined) parts.push("Fixed:", block(fixed, name));
  return parts;
}

/** What cannot be seen is written as its code point. */
function block(text, name) {
  const language = /\.(json|csv)/.exec(name)?.[1] ?? "text";
  const shown = text
    .replace(/\n$/, "")
    .replace(
      /[^\P{C}\n\t]|\ufffd/gu,
      (character) => `<U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}>`,
    );
  const longest = Math.max(2, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const cut = shown.length > 3000 ? `${shown.slice(0, 1500)}\n…\n${shown.slice(-1500)}` : shown;
  return `${fence}${language}\n${cut}\n${fence}`;
}

function listOf() {
  const parts = [
    "# Lint rules",
    notice,
    `${rules.length} rules. Severities and thresholds are set in \`tunesmith.lint.json\`; see [the linter](../linting.md).`,
  ];
  for (const level of levels) {
    const own = rules.filter((rule) => rule.level === level);
    if (own.length === 0) continue;
    parts.push(
      `## ${titles[level]}`,
      [
        "| rule | severity | what it finds | fix |",
        "| --- | --- | --- | --- |",
        ...own.map(
          ({ id, severity, summary, bad }) =>
            `| [${id}](${id}.md) | ${severity} | ${summary} | ${bad.some(({ fixed }) => fixed !== undefined) ? "yes" : ""} |`,
        ),
      ].join("\n"),
    );
  }
  return `${parts.join("\n\n")}\n`;
}
