/** Rules on all rows together: whatever is typed, what they say is what they would say of the file as it then is. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it, test } from "node:test";
import { hashText, normalised } from "../../src/data/detect/hash.ts";
import { similarity, sketchOf } from "../../src/data/detect/minhash.ts";
import { promptCompletion } from "../../src/data/formats/prompt-completion.ts";
import type { Digest } from "../../src/data/lint/digest.ts";
import { LintDocument } from "../../src/data/lint/document.ts";
import { Groups } from "../../src/data/lint/groups.ts";
import { HashList } from "../../src/data/lint/hash-list.ts";
import { LengthHistogram } from "../../src/data/lint/length-histogram.ts";
import { NearRows } from "../../src/data/lint/near.ts";
import { packDigests, unpackDigest } from "../../src/data/lint/packed-digests.ts";
import { activeRules, defaultSettings } from "../../src/data/lint/settings.ts";
import { rules } from "../../src/data/rules/index.ts";
import type { Part, Rows, SetFound, SetRule } from "../../src/data/rules/rule.ts";
import { promptKey } from "../../src/data/split.ts";
import { Random } from "../../src/random/random.ts";
import type { Row } from "../../src/text/conversation.ts";

const vocabulary =
  "harbour lantern copper violin meadow thunder biscuit ladder marble orchard pillow rocket saddle timber umbrella velvet window yellow zipper anchor basket candle dragon engine feather garden hammer island jacket kettle needle oyster paddle quarry ribbon silver tunnel valley walnut cradle".split(
    " ",
  );

function words(random: Random, count: number): string[] {
  return Array.from({ length: count }, () => vocabulary[random.integer(vocabulary.length)]!);
}

const jaccard = (a: readonly string[], b: readonly string[]): number => {
  const shingles = (list: readonly string[]) =>
    new Set(list.slice(2).map((_, i) => list.slice(i, i + 3).join(" ")));
  const [x, y] = [shingles(a), shingles(b)];
  const both = [...x].filter((shingle) => y.has(shingle)).length;
  return both / (x.size + y.size - both);
};

/** Some words replaced by others. */
function mutated(random: Random, list: readonly string[], changes: number): string[] {
  const copy = [...list];
  for (let i = 0; i < changes; i++) {
    copy[random.integer(copy.length)] = vocabulary[random.integer(vocabulary.length)]!;
  }
  return copy;
}

describe("MinHash", () => {
  it("estimates the share of shingles that two texts have in common", () => {
    const random = new Random(3, "minhash");
    let [squares, sum, count] = [0, 0, 0];
    for (let i = 0; i < 2000; i++) {
      const list = words(random, 20 + random.integer(200));
      const other = mutated(random, list, random.integer(list.length / 4));
      const estimated = similarity(sketchOf([list.join(" ")])!, sketchOf([other.join(" ")])!);
      const error = estimated - jaccard(list, other);
      squares += error ** 2;
      sum += error;
      count++;
    }
    // 64 minima of a share of a half, the hardest, deviate by 0.0625; borrowed ones by a little more.
    assert.ok(Math.abs(sum / count) < 0.01, `bias ${sum / count}`);
    assert.ok(Math.sqrt(squares / count) < 0.065, `error ${Math.sqrt(squares / count)}`);
  });

  it("finds nothing in common where nothing is", () => {
    const random = new Random(4, "minhash");
    for (let i = 0; i < 200; i++) {
      const [a, b] = [words(random, 60), words(random, 60)];
      if (jaccard(a, b) === 0)
        assert.ok(similarity(sketchOf([a.join(" ")])!, sketchOf([b.join(" ")])!) < 0.1);
    }
  });

  it("compares scripts without blanks between words, and no text with what was in memory before", () => {
    const text = "去海边的火车又晚点了没有人知道为什么大家都在站台上等了很久";
    const own = sketchOf([text])!;
    sketchOf(["x".repeat(text.length * 3)]);
    assert.deepEqual(sketchOf([text]), own);
    assert.ok(similarity(own, sketchOf([`${text}很`])!) > 0.8);
    assert.ok(similarity(own, sketchOf([[...text].reverse().join("")])!) < 0.2);
    assert.equal(sketchOf(["too short to compare"]), undefined);
  });
});

/** Rows by id, in the order of a list. */
function rowsOf(digests: ReadonlyMap<number, Digest>, order: readonly number[], part?: Part): Rows {
  const ranks = new Map(order.map((id, rank) => [id, rank]));
  return {
    count: order.length,
    all: () => order.map((id) => ({ id, digest: digests.get(id)! })),
    rank: (id) => ranks.get(id)!,
    line: (id) => ranks.get(id)! + 1,
    digest: (id) => digests.get(id)!,
    others: [],
    part,
  };
}

function digestOf(random: Random, values: Partial<Digest>): Digest {
  const text = values.label ?? words(random, 4).join(" ");
  return {
    content: hashText(text),
    prompt: hashText(text),
    answer: 0,
    label: undefined,
    system: undefined,
    sketch: undefined,
    promptLength: text.length,
    answerLength: 0,
    turns: 2,
    language: undefined,
    shape: "",
    split: undefined,
    ...values,
  };
}

describe("many groups", () => {
  it("are the same whether they are kept in a list or in a table", () => {
    const random = new Random(13, "many groups");
    const [list, table] = [new Groups(), new Groups()];
    const hashes = Array.from({ length: 250_000 }, () => 1 + random.integer(4_000_000) * 2 ** 20);
    for (const [id, hash] of hashes.entries()) list.add(hash, id);
    for (const [id, hash] of hashes.entries()) {
      table.add(hash, id);
      // What was removed once is no list any more.
      if (id === 220_000) table.remove(hash, id);
      if (id === 220_000) table.add(hash, id);
    }
    const all = (groups: Groups) =>
      [...groups.shared()].map((ids) => ids.sort((a, b) => a - b).join()).sort();
    assert.ok(all(list).length > 5000);
    assert.deepEqual(all(list), all(table));
    assert.deepEqual([...list.of(hashes[7]!)].sort(), [...table.of(hashes[7]!)].sort());
    assert.deepEqual(all(list), all(table), "as a table, too");
  });
});

describe("near rows", () => {
  it("finds nine of ten rows of which seven tenths are the same, and hardly any others", () => {
    const random = new Random(5, "near");
    const digests = new Map<number, Digest>();
    const lists: string[][] = [];
    for (let i = 0; i < 3000; i++) {
      const list = i % 3 === 2 ? mutated(random, lists[i - 1]!, 1 + random.integer(8)) : words(random, 80);
      lists.push(list);
      const text = list.join(" ");
      digests.set(i, digestOf(random, { content: hashText(text), sketch: sketchOf([text])! }));
    }
    const near = new NearRows(10_000);
    for (const [id, digest] of digests) near.add(id, digest);
    const found = near.near(rowsOf(digests, [...digests.keys()]), 0.7, Number.POSITIVE_INFINITY);
    const alike = lists.flatMap((list, i) => (i % 3 === 2 && jaccard(list, lists[i - 1]!) >= 0.7 ? [i] : []));
    const clearly = alike.filter((i) => jaccard(lists[i]!, lists[i - 1]!) >= 0.8);
    const share = (ids: readonly number[]) => ids.filter((id) => found.has(id)).length / ids.length;
    assert.ok(alike.length > 300);
    assert.ok(share(alike) > 0.85, `of those above the threshold ${share(alike)}`);
    assert.ok(share(clearly) > 0.95, `of those clearly above it ${share(clearly)}`);
    const wrong = [...found.values()].filter(({ id, other }) => jaccard(lists[id]!, lists[other]!) < 0.5);
    assert.equal(wrong.length, 0);
  });

  it("gives up where rows are too many, and begins again where they are few enough", () => {
    const random = new Random(6, "near");
    const digests = new Map<number, Digest>();
    for (let i = 0; i < 12; i++) {
      const text = `${words(random, 40).join(" ")}`;
      digests.set(i, digestOf(random, { content: hashText(text), sketch: sketchOf([text])! }));
    }
    digests.set(5, { ...digests.get(4)!, content: 5 });
    const near = new NearRows(10);
    for (const [id, digest] of digests) near.add(id, digest);
    assert.equal(near.count, undefined);
    for (const id of [10, 11]) {
      near.remove(id, digests.get(id)!);
      digests.delete(id);
    }
    assert.equal(near.count, 10);
    assert.deepEqual(
      [...near.near(rowsOf(digests, [...digests.keys()]), 0.7, Number.POSITIVE_INFINITY).keys()],
      [5],
    );
  });
});

describe("groups", () => {
  it("are those of a map of sets, whatever is added and removed", () => {
    const random = new Random(7, "groups");
    const groups = new Groups();
    const expected = new Map<number, Set<number>>();
    const held: [hash: number, id: number][] = [];
    for (let step = 0; step < 20_000; step++) {
      if (held.length > 0 && random.uniform() < 0.48) {
        const [pair] = held.splice(random.integer(held.length), 1);
        groups.remove(...pair!);
        expected.get(pair![0])?.delete(pair![1]);
      } else {
        // Many that share the lower bits, and some that are shared by many.
        const hash = 1 + random.integer(60) * 2 ** 32 + random.integer(random.integer(2) === 0 ? 2 : 40);
        groups.add(hash, step);
        expected.set(hash, (expected.get(hash) ?? new Set()).add(step));
        held.push([hash, step]);
      }
      if (step % 500 !== 0) continue;
      const inOrder = (list: Iterable<Iterable<number>>) =>
        [...list].map((ids) => [...ids].sort((a, b) => a - b)).sort((a, b) => a[0]! - b[0]!);
      assert.deepEqual(
        inOrder(groups.shared()),
        inOrder([...expected.values()].filter(({ size }) => size > 1)),
      );
      for (const [hash, ids] of expected) assert.deepEqual(inOrder([groups.of(hash)]), inOrder([ids]));
    }
  });
});

describe("hash list", () => {
  it("finds what is shared among more hashes than it sorts at a time", () => {
    const random = new Random(4, "list");
    const list = new HashList();
    const expected = new Map<number, number[]>();
    for (let id = 0; id < 600_000; id++) {
      const hash = 1 + random.integer(2 ** 31) * 2 ** 21;
      list.add(hash, id);
      expected.set(hash, [...(expected.get(hash) ?? []), id]);
    }
    const shared = [...expected.values()].filter(({ length }) => length > 1);
    assert.ok(shared.length > 50);
    const inOrder = (groups: readonly number[][]) => [...groups].sort((a, b) => a[0]! - b[0]!);
    assert.deepEqual(inOrder([...list.shared()]), inOrder(shared));
  });
});

describe("packed digests", () => {
  it("are what was packed", () => {
    const random = new Random(12, "packed");
    const digests = Array.from({ length: 2000 }, (_, i) =>
      i % 11 === 0
        ? undefined
        : digestOf(random, {
            answer: random.integer(1000) * 2 ** 40,
            label: random.integer(3) === 0 ? undefined : `label ${random.integer(500)}`,
            system: i % 7 === 0 ? undefined : `system ${i % 50}`,
            language: [undefined, "eng", "deu"][i % 3],
            split: [undefined, "train", "test"][i % 3],
            shape: `a:${i % 20}`,
            promptLength: random.integer(2 ** 31),
            sketch: i % 5 === 0 ? undefined : sketchOf([words(random, 30).join(" ")]),
          }),
    );
    const packed = structuredClone(packDigests(digests));
    for (const [row, digest] of digests.entries()) assert.deepEqual(unpackDigest(packed, row), digest);
  });
});

describe("length histogram", () => {
  it("has the quantiles of the lengths, but for a bin's width", () => {
    const random = new Random(8, "lengths");
    const lengths = Array.from({ length: 999 }, () => Math.floor(Math.exp(3 + 4 * random.uniform())));
    const histogram = new LengthHistogram();
    for (const length of lengths) histogram.change(length, 1);
    lengths.sort((a, b) => a - b);
    for (const share of [0.05, 0.5, 0.95]) {
      const exact = lengths[Math.ceil(share * 999) - 1]!;
      assert.ok(Math.abs(histogram.quantile(share) / exact - 1) < 0.06, `${share}`);
    }
  });
});

const setRules = activeRules(rules, {
  ...defaultSettings,
  rules: {
    "smaller-than-batch": "error",
    "near-duplicate": ["info", { share: 1 }],
    "conflicting-answers": ["warning", { share: 1 }],
    "class-imbalance": ["warning", { ratio: 3, rows: 10 }],
    "rare-label": ["info", { rows: 10 }],
    "length-outlier": ["info", { rows: 10, deviations: 3 }],
    "language-mix": ["info", { rows: 5, share: 0.6 }],
    "constant-column": ["warning", { rows: 2 }],
  },
}).filter(({ rule }) => rule.on === "set");

describe("set rules", () => {
  for (const { rule, options } of setRules) {
    it(`${rule.id}: after any edits, finds what a fresh index finds`, () => {
      const isOfKeys = rule.id === "rare-key";
      const context = {
        target: "tunesmith" as const,
        format: isOfKeys ? promptCompletion : undefined,
        options,
        heldOut: { validation: 0, test: 0.1 },
        file: { name: "x.jsonl", container: "lines" as const },
      };
      const index = () => (rule as SetRule).index(context);
      const random = new Random(9, "set rules", rule.id);
      const labels = ["payment", "paymnet", "refund", "Refund", "card", "card", "card", "other"];
      const systems = [
        "Be kind to all who ask you.",
        "Be kind to all who ask you",
        "Answer in Latin only.",
        undefined,
      ];
      const long = Array.from({ length: 4 }, () => words(random, 60));
      const digests = new Map<number, Digest>();
      const make = (): Digest => {
        const label = labels[random.integer(labels.length)]!;
        const prompt = words(random, 1).join();
        const text = mutated(random, long[random.integer(long.length)]!, 2).join(" ");
        return digestOf(random, {
          prompt: hashText(prompt),
          answer: hashText(label),
          content: hashText(`${prompt} ${label}`),
          label,
          system: systems[random.integer(systems.length)],
          language: ["eng", "eng", "eng", "eng", "deu", undefined][random.integer(6)],
          sketch: sketchOf([text])!,
          promptLength: random.integer(40) === 0 ? 90_000 : 50 + random.integer(50),
          answerLength: label.length,
          split: [undefined, "train", "train", "test", "dev"][random.integer(5)],
          shape: isOfKeys
            ? `prompt:string${random.integer(60) === 0 ? " sorce:string" : ""}`
            : random.integer(20) === 0
              ? "prompt:number"
              : "prompt:string",
        });
      };
      const grown = index();
      const order: number[] = [];
      let found = 0;
      let next = 0;
      for (let step = 0; step < 30; step++) {
        const edits = 1 + random.integer(step === 20 ? 200 : 20);
        for (let i = 0; i < edits; i++) {
          if (order.length > 0 && random.uniform() < (step > 20 ? 0.7 : 0.35)) {
            const [gone] = order.splice(random.integer(order.length), 1);
            grown.remove(gone!, digests.get(gone!)!);
          } else {
            const id = ++next;
            digests.set(id, make());
            order.splice(random.integer(order.length + 1), 0, id);
            grown.add(id, digests.get(id)!);
          }
        }
        const fresh = index();
        for (const id of random.shuffle([...order])) fresh.add(id, digests.get(id)!);
        const rows = rowsOf(digests, order, "train");
        assert.deepEqual(told(grown, rows), told(fresh, rows), `step ${step}, ${order.length} rows`);
        found += told(grown, rows).length;
      }
      // Else nothing was compared. These have less to find than others.
      assert.ok(found > 0 || ["constant-column", "too-few-rows", "smaller-than-batch"].includes(rule.id));
    });
  }
});

function told(index: ReturnType<SetRule["index"]>, rows: Rows): string[] {
  const found: SetFound[] = [];
  index.report(rows, (each) => found.push(each));
  return found
    .map(({ id, message, severity, related }) => JSON.stringify({ id, message, severity, related }))
    .sort();
}

describe("prompt keys", () => {
  it("are what they were before parts were normalised one by one: splits depend on them", () => {
    const random = new Random(10, "keys");
    const pieces = [
      "a",
      "Σ",
      "ΑΣ",
      " ",
      "\n",
      "\u00a0",
      "\u0308",
      "e\u0301",
      "ﬁ",
      "İ",
      ":",
      "ｱ",
      "\ufeff",
      "ab c",
      "",
    ];
    const text = () =>
      Array.from({ length: random.integer(8) }, () => pieces[random.integer(pieces.length)]).join("");
    for (let i = 0; i < 3000; i++) {
      const messages = Array.from({ length: 1 + random.integer(4) }, () => ({
        role: ["user", "system", "assistant", "tool", text()][random.integer(5)]!,
        content: text(),
      }));
      const row: Row = { kind: "chat", messages };
      const last = messages.at(-1)!;
      const isQuestion = last.role === "assistant" && last.content !== "" && messages.length > 1;
      const said = (isQuestion ? messages.slice(0, -1) : messages)
        .map(({ role, content }) => `${role}: ${content}`)
        .join("\n");
      const expected = said.normalize("NFKC").toLowerCase().replace(/\s+/g, " ").trim();
      assert.equal(promptKey(row), expected);
      assert.equal(normalised(said), expected);
    }
  });
});

const folder = process.env.TUNESMITH_DATA ?? "";
const skip = folder === "" && "TUNESMITH_DATA does not name the folder of the real datasets";

test("banking77: six prompts of the test set are in the training set, one more but for its case", {
  skip,
}, () => {
  const [train, held] = (["train", "test"] as const).map((part) => {
    const text = readFileSync(join(folder, `banking77/${part}.csv`), "utf8");
    const document = new LintDocument(`${part}.csv`, text, { ...defaultSettings, part }, rules);
    document.checkAll();
    return document;
  });
  const others = [{ name: "train.csv", part: "train" as const, prompts: train!.prompts() }];
  const errors = held!.problems(others).filter(({ severity }) => severity === "error");
  assert.deepEqual(new Set(errors.map(({ rule }) => rule.id)), new Set(["train-eval-leak"]));
  assert.equal(errors.length, 7);
  const warnings = train!.problems().filter(({ severity }) => severity !== "info");
  assert.deepEqual(new Set(warnings.map(({ rule }) => rule.id)), new Set(["duplicate-row"]));
});
