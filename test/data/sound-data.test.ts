/** No false alarm: data of every format, in every kind of file, with which nothing is wrong. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { LintDocument } from "../../src/data/lint/document.ts";
import { defaultSettings } from "../../src/data/lint/settings.ts";
import { rules } from "../../src/data/rules/index.ts";
import { type Severity, type Target, targets } from "../../src/data/rules/rule.ts";
import { soundFiles, soundRecords, sounds } from "./sound-records.ts";

/** What is found, but for notes, in words. */
function found(
  name: string,
  text: string,
  target: Target = "tunesmith",
  of: Severity[] = ["error", "warning"],
) {
  const document = new LintDocument(name, text, { ...defaultSettings, target }, rules);
  document.checkAll();
  const told = document
    .problems()
    .filter(({ severity }) => of.includes(severity))
    .map((problem) => {
      const { line, character } = document.rangeOf(problem).start;
      return `${line + 1}:${character + 1} ${problem.severity} ${problem.rule.id}: ${problem.message}`;
    });
  return { document, told };
}

/** What a trainer does not read: LLaMA-Factory's names of roles are settled, and its preferences are one turn each. */
const notFor: Partial<Record<Target, RegExp>> = {
  "llama-factory": /^ShareGPT with (?:model|bot|chatgpt)$|^preferences (?:as messages|with)/,
};

describe("sound data", () => {
  for (const [what, sound] of Object.entries(sounds)) {
    it(`${what}: nothing to say`, () => {
      for (const [name, text] of Object.entries(soundFiles(sound))) {
        const { document, told } = found(name, text);
        assert.deepEqual(told, [], name);
        assert.deepEqual([document.format?.name, document.facts.records], [sound.format, 60], name);
      }
    });
  }

  for (const target of targets) {
    it(`no errors for ${target}`, () => {
      const told = Object.entries(sounds).flatMap(([what, sound]) => {
        if (notFor[target]?.test(what)) return [];
        const text = soundFiles(sound)["python.jsonl"]!;
        return found("data.jsonl", text, target, ["error"])
          .told.slice(0, 1)
          .map((first) => `${what}: ${first}`);
      });
      assert.deepEqual(told, []);
    });
  }

  it("plain text", () => {
    const text = soundRecords(sounds.text!)
      .map((record) => `${Object.values(record)}\n`)
      .join("\n");
    const { document, told } = found("notes.txt", text);
    assert.deepEqual([told, document.facts.records], [[], 60]);
  });

  it("the sample that comes with the program", () => {
    const folder = fileURLToPath(new URL("../../assets/sample/", import.meta.url));
    const names = readdirSync(folder).filter((name) => name.endsWith(".jsonl"));
    assert.ok(names.length > 0);
    for (const name of names)
      assert.deepEqual(found(name, readFileSync(folder + name, "utf8")).told, [], name);
  });
});
