import assert from "node:assert/strict";
import { test } from "node:test";
import { buildPrompt, type Example, shotDrawer, withShots } from "../../src/evaluate/prompting.ts";

const example = (n: number, answer = `answer ${n}`): Example => ({
  id: `train:${n}`,
  messages: [{ role: "user", content: `question ${n}` }],
  answer,
});
const training = Array.from({ length: 20 }, (_, n) => example(n));
const question: Example = {
  id: "test:1",
  messages: [
    { role: "system", content: "Be brief." },
    { role: "user", content: "the question" },
  ],
  answer: "the answer",
};
const ids = (examples: Example[]) => examples.map(({ id }) => id);

test("shots are turns between the system message and the question, without their own system messages", () => {
  const shot: Example = {
    id: "train:1",
    messages: [
      { role: "system", content: "Another system message." },
      { role: "user", content: "first" },
      { role: "assistant", content: "reply" },
      { role: "user", content: "second" },
    ],
    answer: "its answer",
  };
  assert.deepEqual(withShots(question, [shot, example(2)]), [
    { role: "system", content: "Be brief." },
    { role: "user", content: "first" },
    { role: "assistant", content: "reply" },
    { role: "user", content: "second" },
    { role: "assistant", content: "its answer" },
    { role: "user", content: "question 2" },
    { role: "assistant", content: "answer 2" },
    { role: "user", content: "the question" },
  ]);
  assert.deepEqual(withShots(question, []), question.messages);
});

test("all questions see the same shots, one shot is the first of four, and the seed decides", () => {
  const draw = shotDrawer(training, { seed: 3 });
  const four = draw(question, 0, 4);
  assert.equal(new Set(ids(four)).size, 4);
  assert.deepEqual(draw({ ...question, id: "test:2" }, 17, 4), four);
  assert.deepEqual(draw(question, 0, 1), four.slice(0, 1));
  assert.deepEqual(draw(question, 0, 0), []);
  assert.deepEqual(shotDrawer(training, { seed: 3 })(question, 0, 4), four);
  assert.notDeepEqual(shotDrawer(training, { seed: 4 })(question, 0, 4), four);
});

test("every training row comes up equally often over the seeds", () => {
  const times = new Map<string, number>();
  for (let seed = 0; seed < 4000; seed++) {
    for (const id of ids(shotDrawer(training, { seed })(question, 0, 5)))
      times.set(id, (times.get(id) ?? 0) + 1);
  }
  // Binomial(4000, ¼): mean 1000, standard deviation 27; five of them allowed.
  for (const [id, n] of times) assert.ok(Math.abs(n - 1000) < 137, `${id} came up ${n} times`);
  assert.equal(times.size, 20);
});

test("shots may be drawn anew for every question", () => {
  const draw = shotDrawer(training, { seed: 3, drawForEach: true });
  const draws = Array.from({ length: 10 }, (_, row) => ids(draw(question, row, 4)).join());
  assert.ok(new Set(draws).size > 8);
  assert.deepEqual(draws[4], ids(draw(question, 4, 4)).join());
});

test("with labels, every label is shown once before any is shown twice", () => {
  const uneven = training.map((row, n) => ({
    ...row,
    answer: n < 17 ? "common" : n < 19 ? "rare" : "rarest",
  }));
  for (let seed = 0; seed < 30; seed++) {
    const draw = shotDrawer(uneven, { seed, labelOf: ({ answer }) => answer });
    const shown = (count: number) =>
      draw(question, 0, count)
        .map(({ answer }) => answer)
        .sort();
    assert.deepEqual(shown(3), ["common", "rare", "rarest"]);
    assert.deepEqual(shown(6), ["common", "common", "common", "rare", "rare", "rarest"]);
  }
});

test("the question itself is never a shot, and equal training rows are one", () => {
  const twice = [...training, ...training.map((row) => ({ ...row, id: `${row.id} again` }))];
  const asked = { ...example(5, "another answer"), id: "test:5" };
  const draw = shotDrawer(twice, { seed: 9 });
  const all = draw(asked, 0, 100);
  assert.equal(all.length, 19);
  assert.ok(!all.some(({ messages }) => messages[0]!.content === "question 5"));
});

test("shots that do not fit are dropped from the end and counted; a question that does not fit says so", async () => {
  const countTokens = async (messages: { content: string }[]) => messages.length * 10;
  const shots = training.slice(0, 4);
  const prompt = await buildPrompt(question, shots, countTokens, 65);
  assert.deepEqual(ids(prompt.shots), ["train:0", "train:1"]);
  assert.equal(prompt.dropped, 2);
  assert.equal(prompt.tokens, 60);
  assert.equal(prompt.fits, true);
  assert.deepEqual(prompt.messages, withShots(question, shots.slice(0, 2)));
  assert.equal((await buildPrompt(question, shots, countTokens, 100)).dropped, 0);
  const hopeless = await buildPrompt(question, shots, countTokens, 19);
  assert.deepEqual([hopeless.fits, hopeless.dropped, hopeless.shots.length], [false, 4, 0]);
});
