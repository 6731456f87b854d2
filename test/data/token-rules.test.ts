/** The rules that look at rows as a model sees them, by their own examples, as `rules.test.ts` does for the others. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FieldError } from "../../src/data/formats/format.ts";
import type { LintDocument } from "../../src/data/lint/document.ts";
import { editsOf } from "../../src/data/lint/fixes.ts";
import type { Problem } from "../../src/data/lint/problem.ts";
import type { TokenLinter, TokenRow } from "../../src/data/lint/token-check.ts";
import { rules } from "../../src/data/rules/index.ts";
import type { Rule } from "../../src/data/rules/rule.ts";
import { applyEdits } from "../../src/data/source/edit.ts";
import { exampleLinter } from "./example-chat-models.ts";
import { documentOf, kinds, stretchesOf, unmarked } from "./examples.ts";

const tokenRules = rules.filter(({ on }) => on === "tokens");

function rowsOf(document: LintDocument): TokenRow[] {
  return document.entries.flatMap((entry) => {
    const view = document.view(entry);
    const { row } = view;
    return row && !(row instanceof FieldError) ? [{ id: entry.id, view, row }] : [];
  });
}

async function tokenProblems(document: LintDocument, linter: TokenLinter): Promise<Problem[]> {
  const found: Problem[] = [];
  for await (const batch of linter.check(rowsOf(document), document.ruleSet.tokens)) {
    found.push(...batch.flatMap(({ problems }) => problems));
  }
  return found;
}

/** The text after one fix of each record's first problem of a rule, again and again until none is left. */
async function fixedText(document: LintDocument, rule: Rule, linter: TokenLinter): Promise<string> {
  for (let round = 0; round < 10; round++) {
    const problems = (await tokenProblems(document, linter)).filter((problem) => problem.rule === rule);
    let isChanged = false;
    for (const problem of problems) {
      const row = rowsOf(document).find(({ id }) => id === problem.id);
      const [fix] = row ? await linter.fixesOf(row, problem, document.ruleSet.tokens) : [];
      const edits = fix ? editsOf(document, problem, fix) : [];
      if (edits.length === 0) continue;
      const text = applyEdits(document.text, edits);
      document.edit(0, document.text.length, text);
      document.checkAll();
      isChanged = true;
      break;
    }
    if (!isChanged) break;
  }
  return document.text;
}

for (const rule of tokenRules) {
  describe(rule.id, () => {
    it("has examples", () => {
      assert.ok(rule.bad.length > 0);
      assert.ok(rule.good.length > 0);
    });

    for (const [i, example] of rule.bad.entries()) {
      it(`finds bad example ${i + 1} at the marked places`, async () => {
        const { text, marks } = unmarked(example.text);
        assert.ok(marks.length > 0, "the example marks where");
        const document = documentOf(example, rule, text);
        const problems = await tokenProblems(document, exampleLinter(example.model));
        const own = problems.filter((problem) => problem.rule === rule);
        assert.deepEqual(stretchesOf(document, own), marks, own.map(({ message }) => message).join("\n"));
        for (const { message } of own) assert.doesNotMatch(message, /\.$/);
      });

      it(`mends bad example ${i + 1}, or says that it cannot`, async () => {
        const { text } = unmarked(example.text);
        const linter = exampleLinter(example.model);
        const before = documentOf(example, rule, text);
        const known = [
          ...kinds(before, []),
          ...(await tokenProblems(before, linter)).map((each) => each.rule.id),
        ];
        const document = documentOf(example, rule, text);
        const fixed = await fixedText(document, rule, linter);
        assert.equal(fixed, example.fixed ?? text);
        if (example.fixed === undefined) return;
        const left = await tokenProblems(document, linter);
        const after = [...kinds(document, []), ...left.map((each) => each.rule.id)];
        assert.deepEqual(
          left.filter((problem) => problem.rule === rule),
          [],
          "it is gone",
        );
        assert.deepEqual(
          after.filter((id) => !known.includes(id)),
          [],
          "nothing else came",
        );
      });
    }

    for (const [i, example] of rule.good.entries()) {
      it(`leaves good example ${i + 1} alone`, async () => {
        const document = documentOf(example, rule, example.text);
        const problems = await tokenProblems(document, exampleLinter(example.model));
        const own = problems.filter((problem) => problem.rule === rule);
        assert.deepEqual(
          own.map(({ message }) => message),
          [],
        );
      });
    }
  });
}

describe("a template that uses what is not known here", () => {
  it("is no error of the row", async () => {
    const severities = async (template: string) => {
      const rule = rules.find(({ id }) => id === "template-rejects")!;
      const text =
        '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}\n';
      const document = documentOf({ text }, rule, text);
      const problems = await tokenProblems(document, exampleLinter({ name: "x", template }));
      return problems.filter((problem) => problem.rule === rule).map(({ severity }) => severity);
    };
    assert.deepEqual(await severities("{{ messages[0].content | wordwrap(9) }}"), ["warning"]);
    assert.deepEqual(await severities("{{ raise_exception('no') }}"), ["error"]);
  });
});
