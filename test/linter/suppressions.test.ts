/** Problems that are let be: by the row's content, whatever happens around it. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Problem } from "../../src/data/lint/problem.ts";
import { parseSuppressions, rowKey, Suppressions } from "../../src/data/lint/suppressions.ts";
import { DatasetLint } from "../../src/linter/dataset-lint.ts";
import type { Project } from "../../src/linter/project.ts";
import { TunesmithError } from "../../src/protocol/errors.ts";

const project = { settings: { target: "tunesmith", rules: {} }, siblings: [] } as unknown as Project;
const bad = '{"messages": [{"role": "usr", "content": "a"}, {"role": "assistant", "content": "b"}]}';
const good = '{"messages": [{"role": "user", "content": "c"}, {"role": "assistant", "content": "d"}]}';

function linted(text: string, suppressions = new Suppressions()) {
  const lint = new DatasetLint("/x/rows.jsonl", text, project, suppressions);
  lint.document.checkAll();
  return { lint, ...lint.unsuppressed(lint.document.problems()) };
}
const rulesOf = (problems: readonly Problem[]) => problems.map(({ rule }) => rule.id);

describe("suppressions", () => {
  const { lint, problems } = linted(`${bad}\n${good}\n`);
  const problem = problems.find(({ rule }) => rule.id === "unknown-role")!;
  const suppressions = new Suppressions().with({ rule: "unknown-role", row: lint.keyOf(problem) });

  it("hide the problem of that rule and row, and no other", () => {
    assert.ok(rulesOf(problems).includes("unknown-role"));
    const after = linted(`${bad}\n${good}\n`, suppressions);
    assert.deepEqual(
      rulesOf(after.problems),
      rulesOf(problems).filter((id) => id !== "unknown-role"),
    );
    assert.deepEqual(after.unused, []);
    const other = linted(`${bad.replace('"a"', '"e"')}\n`, suppressions);
    assert.ok(rulesOf(other.problems).includes("unknown-role"), "another row");
  });

  it("survive sorting, rows in between, other blanks and another order of members", () => {
    const moved = `${good}\n{ "messages": [{"content": "a", "role": "usr"}, {"role": "assistant", "content": "b"}] }\n`;
    assert.ok(!rulesOf(linted(moved, suppressions).problems).includes("unknown-role"));
  });

  it("are told of when nothing needs them any more", () => {
    assert.deepEqual(linted(`${good}\n`, suppressions).unused, suppressions.list);
  });

  it("know a row that is no JSON by its text", () => {
    assert.equal(rowKey({ value: undefined, source: "{" }), rowKey({ value: undefined, source: "{" }));
    assert.notEqual(rowKey({ value: undefined, source: "{" }), rowKey({ value: undefined, source: "{}" }));
  });

  it("are read as they are written", () => {
    const two = suppressions.with({ rule: "a", row: "b", reason: "c" }).with({ rule: "a", row: "b" });
    assert.equal(two.list.length, 2);
    assert.deepEqual(new Set(parseSuppressions(two.toText(), "x").list), new Set(two.list));
  });

  it("that are no suppressions are refused with what is wrong", () => {
    for (const [text, wrong] of [
      ["{", /not valid JSON/],
      ["[]", /no list "suppressions"/],
      ['{"suppressions": [{"rule": "a", "row": "b"}, {"rule": "a"}]}', /number 2 has no rule and row/],
    ] as const) {
      assert.throws(
        () => parseSuppressions(text, "rows.jsonl.suppressions.json"),
        (error) => error instanceof TunesmithError && wrong.test(error.message),
      );
    }
  });
});
