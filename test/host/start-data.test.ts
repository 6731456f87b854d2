/** What is asked before a run starts on data that it would not learn as it stands. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { LintOutlook } from "../../src/contracts/lint.ts";
import {
  type Asking,
  type DataQuestion,
  dataQuestion,
  mayStart,
} from "../../src/host/start/data-question.ts";
import { TunesmithError } from "../../src/protocol/errors.ts";

const l10n = {
  t: (message: string, ...values: (string | number)[]) =>
    message.replace(/\{(\d)\}/g, (_, index) => String(values[Number(index)])),
};

const sound: LintOutlook = {
  rows: 412,
  trained: 412,
  dropped: [],
  truncated: { rows: 0, tokens: 0, lines: [] },
  masked: 0,
  tokens: 38_000,
  trainedTokens: 12_000,
  longest: 480,
  counts: { errors: 0, warnings: 3, infos: 9 },
  model: "tiny",
  maxLength: 512,
};

const unsound: LintOutlook = {
  ...sound,
  trained: 409,
  dropped: [
    { reason: "not readable", rows: 1, lines: [12] },
    { reason: "nothing of the answer is left within the limit", rows: 2, lines: [30, 31] },
  ],
  truncated: { rows: 12, tokens: 3411, lines: [30, 31] },
  masked: 1,
  counts: { errors: 1, warnings: 0, infos: 0 },
};

/** @returns whether it may start, and what happened on the way */
async function play(
  outlook: Asking["outlook"],
  answer: "start" | "problems" | "cancel" | "nobody asks" = "nobody asks",
) {
  const happened: string[] = [];
  let question: DataQuestion | undefined;
  const starts = await mayStart({
    l10n,
    file: "support.jsonl",
    outlook,
    async choose(asked) {
      assert.notEqual(answer, "nobody asks", `asked: ${asked.detail}`);
      question = asked;
      happened.push("asked");
      return answer as "start";
    },
    showProblems: async () => void happened.push("problems"),
    failed: (error) => void happened.push(`failed: ${(error as Error).message}`),
    isCancelled: (error) => error instanceof TunesmithError && error.code === "cancelled",
  });
  return { starts, happened, question };
}

describe("the question before a run starts", () => {
  it("is not asked for sound data, whatever the linter notes beside", async () => {
    for (const outlook of [sound, { ...sound, masked: 40 }]) {
      const { starts, happened } = await play(async () => outlook);
      assert.equal(starts, true);
      assert.deepEqual(happened, []);
    }
  });

  it("says in words and numbers what is left out, cut and wrong", async () => {
    const { question } = await play(async () => unsound, "cancel");
    assert.equal(question!.message, "A run would not learn all of “support.jsonl”.");
    assert.deepEqual(question!.detail.split("\n"), [
      "3 of 412 rows will be left out:",
      "• 1: not readable",
      "• 2: nothing of the answer is left within the limit",
      "12 rows are cut at 512 tokens; together 3,411 tokens are lost.",
      "1 answer is context only: it is read and not learned.",
      "The linter found 1 error.",
    ]);
  });

  it("is asked for each of them alone", () => {
    const { dropped, truncated, counts } = unsound;
    for (const one of [{ dropped }, { truncated }, { counts }]) {
      assert.ok(dataQuestion("a.jsonl", { ...sound, ...one }, l10n), Object.keys(one)[0]);
    }
    const cutOnce = { ...sound, truncated: { rows: 1, tokens: 1, lines: [1] } };
    assert.equal(dataQuestion("a.jsonl", cutOnce, l10n)!.detail, "1 row is cut at 512 tokens, and loses 1.");
  });

  it("starts only where it is told to, and shows the problems where they are asked for", async () => {
    const asked = (answer: "start" | "problems" | "cancel") => play(async () => unsound, answer);
    assert.equal((await asked("start")).starts, true);
    assert.equal((await asked("cancel")).starts, false);
    const { starts, happened } = await asked("problems");
    assert.equal(starts, false);
    assert.deepEqual(happened, ["asked", "problems"]);
  });

  it("stops nobody where the linter fails, and ends the start where it is called off", async () => {
    const failed = await play(() =>
      Promise.reject(new TunesmithError("disconnected", "the linter has ended")),
    );
    assert.equal(failed.starts, true);
    assert.deepEqual(failed.happened, ["failed: the linter has ended"]);
    const cancelled = await play(() => Promise.reject(new TunesmithError("cancelled", "called off")));
    assert.equal(cancelled.starts, false);
    assert.deepEqual(cancelled.happened, []);
  });
});
