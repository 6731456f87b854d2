/** Made-up datasets for the harness: rows as tokens, and what a file holds. */
import type { DatasetState, ShownRow } from "../../src/contracts/dataset.ts";
import type {
  HardRow,
  Histogram,
  LintOutlook,
  LintPreview,
  LintStatistics,
  PreviewToken,
} from "../../src/contracts/lint.ts";
import { Random } from "../../src/random/random.ts";
import { hostile } from "./runs.ts";

const uri = "file:///home/me/project/support.jsonl";

/** About as a tokenizer parts text. */
function tokenized(text: string, look: Partial<PreviewToken>): PreviewToken[] {
  return (text.match(/<\|[^|]*\|>| ?[\p{L}\p{N}]{1,6}|\n|\t| +|[^\p{L}\p{N}\s]/gu) ?? []).map((each) => ({
    id: 100 + ((each.charCodeAt(0) * 7919 + each.length * 131) % 30_000),
    text: each,
    trained: false,
    cut: false,
    template: false,
    ...look,
  }));
}

function chat(question: string, answer: string): PreviewToken[] {
  const template = { template: true };
  return [
    ...tokenized("<|im_start|>system\n", template),
    ...tokenized("You are a support agent.  Answer in one sentence.", {}),
    ...tokenized("<|im_end|>\n<|im_start|>user\n", template),
    ...tokenized(question, {}),
    ...tokenized("<|im_end|>\n<|im_start|>assistant\n", template),
    ...tokenized(answer, { trained: true }),
    ...tokenized("<|im_end|>", { template: true, trained: true }),
    ...tokenized("\n", template),
  ];
}

function cutAt(tokens: PreviewToken[], maxLength: number): PreviewToken[] {
  return tokens.map((token, at) => (at < maxLength ? token : { ...token, cut: true }));
}

const question =
  "Where is my order?\n\tNumber: 10-4711\u00a0(from last week)\nI have been waiting since Monday.";
const answer = "I am sorry about that. Your order is on its way, and should arrive within two days.";

function longRow(count: number): PreviewToken[] {
  const words = tokenized(
    "The parcel was handed over on Monday, and the driver said that it would be there soon.\n",
    {},
  );
  return Array.from({ length: count }, (_, at) => ({
    ...words[at % words.length]!,
    trained: at > count / 2,
  }));
}

export const rows = 412;

function previewOf(row: number, tokens: PreviewToken[], more: Partial<LintPreview> = {}): LintPreview {
  const truncated = tokens.filter(({ cut }) => cut).length;
  const trained = tokens.filter((token) => token.trained && !token.cut).length;
  return {
    uri,
    row,
    rows,
    line: row - 1,
    model: "HuggingFaceTB/SmolLM2-135M-Instruct",
    maxLength: 512,
    tokens,
    trained,
    truncated,
    notes: [`${trained} of ${tokens.length} tokens are learned; the others are context only`],
    ...more,
  };
}

export const shownRows: Record<string, (row: number) => ShownRow> = {
  chat: (row) => shownOf(previewOf(row, chat(`${question} (${row})`, answer))),
  cut: (row) =>
    shownOf(
      previewOf(row, cutAt(chat(`${question}\n`.repeat(2), answer), 96), {
        maxLength: 96,
        notes: [
          "9 tokens are cut away: the row has 105, maxLength is 96",
          "no end token is learned: it is cut away",
        ],
      }),
    ),
  long: (row) => shownOf(previewOf(row, cutAt(longRow(32_768), 30_000), { maxLength: 30_000 })),
  line: (row) =>
    shownOf(previewOf(row, tokenized("word".repeat(3000) + " more".repeat(4000), { trained: true }))),
  hostile: (row) => {
    const tokens = [
      ...tokenized(hostile, { trained: true }),
      ...["", "\u202e", "\u0000", "�", "a\u200bb", hostile].map((text) => ({
        ...{ id: 1, text, trained: false, cut: false, template: true },
      })),
    ];
    const shown = shownOf(previewOf(row, tokens, { model: hostile, notes: [hostile], trouble: hostile }));
    return { ...shown, name: hostile };
  },
  refused: (row) =>
    shownOf(
      previewOf(row, [], {
        notes: [],
        trouble: "Conversation roles must alternate user/assistant/user/assistant/…",
      }),
    ),
  model: (row) => ({
    ...shownOf(previewOf(row, [], { notes: [], trouble: "org/large is not on this machine" })),
    modelTrouble: "The model “org/large” is not on this machine",
  }),
  none: () => ({
    ...{ uri, name: "support.jsonl", preview: null, modelTrouble: null },
    problem: { message: "support.jsonl holds no rows", hint: "Add one." },
  }),
};

function shownOf(preview: LintPreview): ShownRow {
  return { uri, name: "support.jsonl", preview, modelTrouble: null, problem: null };
}

function histogram(name: Histogram["name"], scale: number, width: number): Histogram {
  const bins = Array.from({ length: 24 }, (_, at) => ({
    from: at * width,
    to: at === 23 ? 60 * width : (at + 1) * width,
    rows: Math.round(80 * Math.exp(-(((at - scale) / 4) ** 2)) + (at === 23 ? 3 : 0)),
  }));
  return {
    name,
    bins,
    median: Math.round(scale * width),
    p95: Math.round((scale + 6) * width),
    max: 58 * width,
  };
}

function labels(count: number): LintStatistics["labels"] {
  const random = new Random(7);
  return Array.from({ length: count }, (_, at) => ({
    label:
      at === 1 ? "" : `${["card arrival", "lost or stolen", "exchange rate", "top up failed"][at % 4]} ${at}`,
    rows: Math.max(1, Math.round((900 / (at + 1)) * (0.5 + random.uniform()))),
  }));
}

function hard(count: number): HardRow[] {
  const random = new Random(11);
  return Array.from({ length: count }, (_, at) => {
    const loss = 6 * Math.exp(-at / 900) + 0.2 * random.uniform();
    return {
      line: at * 3,
      row: at + 1,
      text: ["Where is my card?", "It does not work\nand I have tried it twice, with both cards.", "Hm."][
        at % 3
      ]!,
      answer: `card arrival ${at}`,
      loss,
      confidence: Math.exp(-loss),
      variability: at % 7 === 0 ? undefined : 0.4 * random.uniform(),
      forgotten: at % 5,
      neverLearned: at % 4 === 0,
    };
  });
}

const statistics: LintStatistics = {
  uri,
  path: "data/support.jsonl",
  rows: 4120,
  unreadable: 2,
  format: "messages",
  confidence: 0.98,
  tokens: 382_114,
  duplicates: 17,
  histograms: [
    histogram("promptTokens", 6, 8),
    histogram("answerTokens", 3, 4),
    histogram("promptCharacters", 6, 32),
    histogram("answerCharacters", 3, 16),
    histogram("turns", 2, 1),
  ],
  labels: labels(9),
  languages: [
    { language: "eng", rows: 3800 },
    { language: "deu", rows: 300 },
    { language: "", rows: 20 },
  ],
  parts: [
    { part: "train", rows: 3700 },
    { part: "validation", rows: 420 },
  ],
  problems: [
    { rule: "json-parse", severity: "error", count: 2, lines: [11, 40] },
    { rule: "class-imbalance", severity: "warning", count: 1, lines: [0] },
    { rule: "duplicate-row", severity: "warning", count: 17, lines: [100, 101, 102] },
    { rule: "trailing-whitespace", severity: "info", count: 1204, lines: [0] },
  ],
  history: { run: "/home/me/project/.tunesmith/runs/support-2", rows: hard(300) },
};

const outlook: LintOutlook = {
  rows: 4120,
  trained: 4114,
  dropped: [
    { reason: "not readable", rows: 2, lines: [12, 41] },
    { reason: "not in the file's format", rows: 1, lines: [77] },
    { reason: "nothing of the answer is left within the limit", rows: 3, lines: [7, 900, 1204] },
  ],
  truncated: { rows: 12, tokens: 3411, lines: [7, 31, 88, 412, 900, 1204] },
  masked: 38,
  tokens: 382_114,
  trainedTokens: 121_034,
  longest: 1811,
  counts: { errors: 2, warnings: 17, infos: 1204 },
  model: "HuggingFaceTB/SmolLM2-135M-Instruct",
  maxLength: 512,
};

const state: DatasetState = {
  uri,
  name: "support.jsonl",
  pending: null,
  statistics,
  outlook,
  outlookProblem: null,
  problem: null,
};

const withFigures = (more: Partial<LintStatistics>): DatasetState => ({
  ...state,
  statistics: { ...statistics, ...more },
});

export const datasetStates: Record<string, DatasetState> = {
  whole: state,
  many: withFigures({ labels: labels(600), history: { run: "run-1", rows: hard(10_000) } }),
  pending: {
    ...state,
    pending: "tokens",
    outlook: null,
    statistics: {
      ...statistics,
      tokens: undefined,
      histograms: statistics.histograms.filter(({ name }) => !name.endsWith("Tokens")),
    },
  },
  sound: {
    ...withFigures({
      problems: [],
      duplicates: 0,
      confidence: 1,
      path: "support.jsonl",
      unreadable: 0,
      labels: [],
      parts: [],
      history: undefined,
    }),
    outlook: {
      ...outlook,
      trained: 4120,
      dropped: [],
      masked: 0,
      truncated: { rows: 0, tokens: 0, lines: [] },
    },
  },
  even: withFigures({ problems: [] }),
  model: {
    ...state,
    outlook: null,
    outlookProblem: { message: "The model “org/large” is not on this machine", hint: "Choose another one." },
  },
  failed: {
    ...state,
    statistics: null,
    outlook: null,
    problem: { message: "support.jsonl is not open", hint: "Open it in an editor." },
  },
  hostile: {
    ...withFigures({
      path: hostile,
      format: hostile,
      labels: [
        { label: hostile, rows: 3 },
        { label: "b", rows: 90 },
      ],
      languages: [{ language: hostile, rows: 1 }],
      parts: [{ part: hostile, rows: 1 }],
      problems: [{ rule: hostile, severity: "error", count: 1, lines: [0] }],
      history: { run: hostile, rows: [{ ...hard(1)[0]!, text: hostile, answer: hostile }] },
    }),
    name: hostile,
    outlook: { ...outlook, model: hostile, dropped: [{ reason: hostile, rows: 1, lines: [1] }] },
  },
};
