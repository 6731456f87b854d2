/** Comparisons for the tests: a plausible classification, with answers drawn from a seed at given rates of being right. */
import type { Answer, ComparisonRecord, ComparisonRow } from "../../src/evaluate/comparison.ts";
import type { Task } from "../../src/evaluate/metrics/list.ts";
import { answerKey, type ComparisonPlan } from "../../src/evaluate/plan.ts";
import type { Example } from "../../src/evaluate/prompting.ts";
import { Random } from "../../src/random/random.ts";

export const labels = ["billing", "delivery", "refund", "technical"];

export interface SampleOptions {
  rows: number;
  /** Chance of a right answer, by way. */
  right?: Record<string, number>;
  seed?: number;
}

const defaultRight = { "zero-shot": 0.42, "one-shot": 0.55, "few-shot-4": 0.68, "fine-tuned": 0.86 };

export function sampleRecord(options: SampleOptions): ComparisonRecord {
  const random = new Random(options.seed ?? 1);
  const right = { ...defaultRight, ...options.right };
  const ways = [
    { id: "zero-shot", title: "Zero-shot", model: "base" as const, shots: 0 },
    { id: "one-shot", title: "One-shot", model: "base" as const, shots: 1 },
    { id: "few-shot-4", title: "Few-shot (4)", model: "base" as const, shots: 4 },
    { id: "fine-tuned", title: "Fine-tuned", model: "fine-tuned" as const, shots: 0 },
  ];
  const shots: Example[] = labels.map((label, i) => ({
    id: `train.jsonl:${10 * i + 3}`,
    messages: [{ role: "user", content: `A message about ${label}, shown as an example.` }],
    answer: label,
  }));
  const chance = () => random.uniform();
  const rows = Array.from({ length: options.rows }, (_, row): ComparisonRow => {
    const reference = labels[random.integer(labels.length)]!;
    const answers: Record<string, Answer> = {};
    for (const way of ways) {
      const isRight = chance() < right[way.id as keyof typeof right];
      const slip = chance() < 0.1 ? "I am not sure what you mean" : labels[random.integer(labels.length)]!;
      const text = isRight ? reference : slip;
      answers[way.id] = {
        text,
        ended: way.model === "fine-tuned" || chance() < 0.9,
        promptTokens: 40 + 35 * way.shots + random.integer(9),
        outputTokens: 2 + random.integer(3),
        seconds: 0.08 + 0.05 * way.shots + 0.02 * chance(),
        loss: { nats: isRight ? 0.4 : 3.1, tokens: 2, bytes: reference.length },
        samples: [text, isRight ? reference : labels[random.integer(labels.length)]!, text],
        shots: shots.slice(0, way.shots).map(({ id }) => id),
        shotsDropped: 0,
        prompt: `<|user|>Message ${row} about something that matters to the customer.<|assistant|>`,
      };
    }
    return {
      id: `test.jsonl:${row + 1}`,
      messages: [
        { role: "system", content: "Sort the message into one of four queues." },
        { role: "user", content: `Message ${row} about something that matters to the customer.` },
      ],
      reference,
      answers,
    };
  });
  return {
    format: "tunesmith-comparison-1",
    title: "Support queues",
    made: "2026-11-24T05:00:00Z",
    task: { id: "labels", labels, reason: `the ${options.rows} answers are 4 short texts that repeat` },
    ways,
    tuned: "fine-tuned",
    baseline: "few-shot-4",
    choice: {
      rows: 60,
      metric: "accuracy",
      scores: { "zero-shot": 0.4, "one-shot": 0.5667, "few-shot-4": 0.7 },
    },
    shots,
    rows,
    trainingSeconds: 164,
    integrity: {
      dataset: { name: "support.jsonl", hash: "sha256:5f1d0c3e9a77" },
      splits: [
        { name: "train", rows: 960, hash: "sha256:0a1b2c3d4e5f" },
        { name: "validation", rows: 60, hash: "sha256:1a2b3c4d5e6f" },
        { name: "test", rows: options.rows, hash: "sha256:2a3b4c5d6e7f" },
      ],
      overlap: 0,
      leftOut: [{ id: "test.jsonl:999", reason: "its prompt has 2310 tokens and the context 2048" }],
      base: { name: "tiny", hash: "sha256:aaaaaaaaaaaa" },
      tuned: { name: "tiny + LoRA (rank 16)", hash: "sha256:bbbbbbbbbbbb" },
      template: "sha256:cccccccccccc",
      decoding: { method: "greedy", maxTokens: 64, samplingTemperature: 0.7 },
      seeds: { split: 7, shots: 7, sampling: 7, bootstrap: 7 },
      machine: "CPU, 2 threads, onnxruntime 1.30.0",
    },
  };
}

/** A record whose answers are given: `answers[way][row]`. */
export function recordOf(
  task: Task,
  references: readonly string[],
  answers: Record<"prompting" | "tuned", readonly string[]> & Record<string, readonly string[]>,
): ComparisonRecord {
  const base = sampleRecord({ rows: 1 });
  const template = base.rows[0]!.answers["zero-shot"]!;
  return {
    ...base,
    task,
    ways: Object.keys(answers).map((id) => ({
      id,
      title: id,
      model: id === "tuned" ? ("fine-tuned" as const) : ("base" as const),
      shots: 0,
    })),
    tuned: "tuned",
    baseline: "prompting",
    shots: [],
    rows: references.map((reference, row) => ({
      id: `row ${row}`,
      messages: [{ role: "user", content: `question ${row}` }],
      reference,
      answers: Object.fromEntries(
        Object.entries(answers).map(([way, texts]) => [
          way,
          { ...template, samples: undefined, text: texts[row]! },
        ]),
      ),
    })),
  };
}

/** A plan and all its answers, such that they make `record`; the validation rows are the test rows. */
export function planned(record: ComparisonRecord): { plan: ComparisonPlan; answers: Map<string, Answer> } {
  const { title, made, task, ways, tuned, trainingSeconds, integrity, shots } = record;
  const rows = record.rows.map(({ answers: _, ...row }) => row);
  const plan: ComparisonPlan = {
    format: "tunesmith-comparison-plan-1",
    ...{ title, made, task, ways, tuned, trainingSeconds, integrity, shots, rows },
    validation: rows,
    sampling: { rows: rows.length, answers: 3, temperature: 0.8 },
  };
  const answers = new Map<string, Answer>();
  record.rows.forEach((row, r) => {
    for (const { id, model } of ways) {
      const { samples = [], ...answer } = row.answers[id]!;
      if (model === "base") answers.set(answerKey.validation(id, r), answer);
      answers.set(answerKey.test(id, r), answer);
      for (const [n, text] of samples.entries()) answers.set(answerKey.sample(id, r, n), { ...answer, text });
    }
  });
  return { plan, answers };
}

/** Texts that break pages: closing tags, handlers, comments, directions, lengths, control characters. */
export const hostileTexts = [
  "</script><script>document.title='taken over'</script>",
  `<img src=x onerror="document.title='taken over'">`,
  `"><svg onload="document.title='taken over'">`,
  "<!--<script>",
  "]]></style><style>*{display:none}</style>",
  "\u202Egnp.exe\u202C after an override",
  "שלום עולם, טקסט מימין לשמאל 123",
  "x".repeat(4000),
  "many words ".repeat(300),
  "",
  "a\u0000b\u2028c\u2029d\ud800e",
  "' onmouseover='document.title=`taken over`",
  "line\n".repeat(60),
  "&lt;b&gt; &amp; {{constructor}} \u0024{alert(1)}",
];

/** A record with such texts wherever a text can stand, or one of the same shape without them. */
export function hostileRecord(kind: "hostile" | "harmless"): ComparisonRecord {
  const text = (n: number) => {
    const hostile = hostileTexts[n % hostileTexts.length]!;
    return kind === "hostile" || hostile === "" ? hostile : `text ${n}`;
  };
  const record = sampleRecord({ rows: hostileTexts.length });
  // Fourteen distinct labels, sorted alike in both kinds by what they begin with.
  const label = (n: number) =>
    `${String.fromCharCode(97 + n)} ${kind === "hostile" ? hostileTexts[n]!.slice(0, 60) : ""}`.trim();
  record.title = text(0);
  record.made = text(11);
  record.task = { id: "labels", labels: hostileTexts.map((_, n) => label(n)), reason: text(1) };
  record.ways.forEach((way, w) => {
    way.title = text(w);
  });
  record.shots.forEach((shot, s) => {
    shot.messages[0]!.content = text(s);
    shot.answer = text(s + 1);
  });
  record.rows.forEach((row, r) => {
    row.id = `${text(r)} ${r}`;
    row.messages[1]!.content = text(r);
    row.reference = label(r);
    for (const answer of Object.values(row.answers)) {
      answer.text = text(r);
      answer.prompt = `<|user|>${text(r)}<|assistant|>`;
    }
    if (r % 3 === 0) row.answers["fine-tuned"]!.text = label(r);
  });
  const { integrity } = record;
  integrity.dataset = { name: text(1), hash: text(2) };
  integrity.base = { name: text(3), hash: text(4) };
  integrity.tuned = { name: text(5), hash: text(6) };
  integrity.splits[0]!.name = text(2);
  integrity.leftOut = [{ id: text(0), reason: text(4) }];
  integrity.template = text(1);
  integrity.machine = text(2);
  integrity.decoding = { [text(0)]: text(1) };
  return record;
}
