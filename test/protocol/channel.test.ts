/** Two sides that talk: every request is answered, and whatever else arrives does no harm. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import Type from "typebox";
import { type Asked, Channel, protocolVersion } from "../../src/protocol/channel.ts";
import { checkOf } from "../../src/protocol/checks.ts";
import { TunesmithError } from "../../src/protocol/errors.ts";
import { Random } from "../../src/random/random.ts";
import { linkedPorts } from "./ports.ts";

const text = Type.Object({ text: Type.String() });
const answerer = {
  name: "the answerer",
  requests: {
    echo: { params: text, result: text },
    fail: { params: Type.Object({}), result: text },
    wrong: { params: Type.Object({}), result: text },
    slow: { params: text, result: text, progress: Type.Object({ done: Type.Number() }) },
  },
  events: { told: text },
} as const;
const asker = {
  name: "the asker",
  requests: { back: { params: Type.Object({}), result: Type.Object({ ok: Type.Boolean() }) } },
  events: { news: text },
} as const;

type Answerer = typeof answerer;
type Asker = typeof asker;
const sides = {
  answerer: { contract: answerer, check: checkOf(answerer) },
  asker: { contract: asker, check: checkOf(asker) },
};

/** Two linked sides, and everything that went wrong on each. */
function pair(deliver?: (message: unknown) => readonly unknown[]) {
  const [a, b] = linkedPorts(deliver);
  const problems: string[] = [];
  const told: unknown[] = [];
  const aborted: unknown[] = [];
  const far = new Channel<Answerer, Asker>(
    b,
    { own: sides.answerer, other: sides.asker },
    {
      echo: ({ text }) => ({ text }),
      fail: () => {
        throw new TunesmithError("disk-full", "no room", "Make some.");
      },
      wrong: () => ({ text: 7 }) as never,
      slow: ({ text }, { progress, signal }: Asked<{ done: number }>) =>
        new Promise((resolve, reject) => {
          signal.addEventListener("abort", () => {
            aborted.push(signal.reason);
            reject(signal.reason);
          });
          progress({ done: 1 });
          if (text === "for ever") return;
          setTimeout(() => {
            progress({ done: 2 });
            resolve({ text });
            setTimeout(() => progress({ done: 3 }));
          }, 2);
        }),
      told: (value) => void told.push(value),
    },
    (problem) => problems.push(problem),
  );
  const near = new Channel<Asker, Answerer>(
    a,
    { own: sides.asker, other: sides.answerer },
    { back: () => ({ ok: true }), news: (value) => void told.push(value) },
    (problem) => problems.push(problem),
  );
  return { near, far, nearPort: a, farPort: b, problems, told, aborted };
}

const code = (wanted: string) => (error: unknown) => error instanceof TunesmithError && error.code === wanted;

describe("a request", () => {
  it("is answered, on both sides", async () => {
    const { near, far, problems } = pair();
    assert.deepEqual(await near.request("echo", { text: "hello" }), { text: "hello" });
    assert.deepEqual(await far.request("back", {}), { ok: true });
    assert.deepEqual(problems, []);
  });

  it("brings the error of the other side as it was thrown", async () => {
    const { near } = pair();
    await assert.rejects(near.request("fail", {}), {
      code: "disk-full",
      message: "no room",
      hint: "Make some.",
    });
  });

  it("that is not as agreed gets an error, and so does an answer that is not", async () => {
    const { near } = pair();
    await assert.rejects(near.request("echo", { text: 7 } as never), code("message-invalid"));
    await assert.rejects(near.request("nothing" as "echo", { text: "" }), code("message-invalid"));
    await assert.rejects(near.request("told" as "echo", { text: "" }), code("message-invalid"));
    await assert.rejects(near.request("constructor" as "echo", { text: "" }), code("message-invalid"));
    await assert.rejects(near.request("wrong", {}), /not as agreed/);
  });

  it("that cannot be sent is rejected, and leaves nothing behind", async () => {
    const { near, far, problems } = pair();
    const uncloneable = { text: () => {} } as never;
    const stop = new AbortController();
    await assert.rejects(near.request("echo", uncloneable, { signal: stop.signal }));
    stop.abort();
    near.close("over");
    far.emit("news", uncloneable);
    await sleep(5);
    assert.deepEqual(
      problems.map((problem) => problem.slice(0, 44)),
      ["internal: the request could not be sent: int", "internal: the event could not be sent: inter"],
    );
  });

  it("is answered with an error when its answer cannot be sent", async () => {
    const [a, b] = linkedPorts();
    new Channel<Answerer, Asker>(
      b,
      { own: sides.answerer, other: sides.asker },
      { echo: () => ({ text: () => {} }) as never, fail: never, wrong: never, slow: never },
    );
    const near = new Channel<Asker, Answerer>(
      a,
      { own: sides.asker, other: sides.answerer },
      { back: () => ({ ok: true }) },
    );
    await assert.rejects(near.request("echo", { text: "" }), code("internal"));
  });

  it("reports progress until it is answered", async () => {
    const { near, problems } = pair();
    const came: number[] = [];
    const onProgress = ({ done }: { done: number }) => came.push(done);
    await near.request("slow", { text: "" }, { onProgress });
    await sleep(5);
    assert.deepEqual(came, [1, 2]);
    assert.deepEqual(problems, []);
  });

  it("is not lost for a listener to its progress that throws", async () => {
    const { near, problems } = pair();
    const onProgress = () => {
      throw new Error("a bug of the listener's");
    };
    assert.deepEqual(await near.request("slow", { text: "x" }, { onProgress }), { text: "x" });
    assert.match(problems.join(), /a bug of the listener's/);
  });

  it("is cancelled on both sides, before and while it is answered", async () => {
    const { near, aborted, problems } = pair();
    const stop = new AbortController();
    const asked = near.request("slow", { text: "for ever" }, { signal: stop.signal });
    await sleep(5);
    stop.abort();
    await assert.rejects(asked, code("cancelled"));
    await sleep(5);
    assert.equal(aborted.length, 1);
    assert.deepEqual(problems, []);
    await assert.rejects(near.request("echo", { text: "" }, { signal: stop.signal }), code("cancelled"));
  });

  it("of a page that was loaded anew is not taken for one of the page before", async () => {
    const { near, nearPort } = pair();
    near.request("slow", { text: "for ever" }).catch(() => {});
    await sleep(2);
    // The same port, another life: what it asks first must not bear the number of what is still being answered.
    const again = new Channel<Asker, Answerer>(
      nearPort,
      { own: sides.asker, other: sides.answerer },
      { back: () => ({ ok: true }) },
    );
    const answered = again.request("echo", { text: "again" });
    assert.deepEqual(await Promise.race([answered, sleep(50, "never")]), { text: "again" });
  });
});

describe("closing", () => {
  it("rejects what is waited for and what is asked later, and aborts what is being answered", async () => {
    const { near, far, aborted } = pair();
    const asked = [near.request("slow", { text: "for ever" }), near.request("slow", { text: "for ever" })];
    await sleep(2);
    near.close("the panel was closed");
    near.close("twice");
    for (const each of asked) await assert.rejects(each, code("disconnected"));
    await assert.rejects(near.request("echo", { text: "" }), /the panel was closed/);
    near.emit("told", { text: "nobody hears" });
    far.close(new TunesmithError("session-failed", "it is gone"));
    assert.equal(aborted.length, 2);
  });
});

describe("messages that are not as agreed", () => {
  const envelopes: unknown[] = [
    null,
    undefined,
    7,
    "text",
    [],
    {},
    Object.create(null),
    { tunesmith: Object.create(null) },
    { tunesmith: protocolVersion + 1, kind: "request", id: 1, name: "echo", params: { text: "" } },
    { tunesmith: protocolVersion },
    { tunesmith: protocolVersion, kind: Object.create(null), id: 1 },
    { tunesmith: protocolVersion, kind: "toString", id: 1, name: "echo" },
    { tunesmith: protocolVersion, kind: "request", id: 1.5, name: "echo", params: {} },
    { tunesmith: protocolVersion, kind: "request", id: -1, name: "echo", params: {} },
    { tunesmith: protocolVersion, kind: "request", id: 3, name: 7, params: {} },
    { tunesmith: protocolVersion, kind: "cancel", id: 999 },
    { tunesmith: protocolVersion, kind: "reply", id: 999, result: {} },
    { tunesmith: protocolVersion, kind: "progress", id: 999 },
    {
      tunesmith: protocolVersion,
      kind: "error",
      id: 999,
      error: { code: "__proto__", message: "", hint: "" },
    },
    { tunesmith: protocolVersion, kind: "event", name: "__proto__", value: {} },
    { tunesmith: protocolVersion, kind: "event", name: "news", value: 7 },
  ];

  it("are told and dropped", async () => {
    for (const message of envelopes) {
      const { nearPort, problems, told, near } = pair();
      nearPort.receive(message);
      await sleep(0);
      const isCancel = (message as { kind?: unknown } | null)?.kind === "cancel";
      assert.equal(problems.length, isCancel ? 0 : 1, JSON.stringify(message));
      assert.deepEqual(told, []);
      assert.deepEqual(await near.request("echo", { text: "still here" }), { text: "still here" });
    }
  });

  it("settle the request they answer: a damaged error is an error", async () => {
    let id = 0;
    const { near, nearPort } = pair((message) => {
      id = (message as { id: number }).id;
      return [];
    });
    const asked = near.request("echo", { text: "" });
    nearPort.receive({
      tunesmith: protocolVersion,
      kind: "error",
      id,
      error: { code: "of-a-later-version" },
    });
    await assert.rejects(asked, /not as agreed/);
  });

  it("of a request that comes twice do not answer it with an error", async () => {
    const twice = (message: unknown) => {
      const { kind } = message as { kind: string };
      return kind === "request" ? [message, { ...(message as object), params: 7 }] : [message];
    };
    const { near } = pair(twice);
    assert.deepEqual(await near.request("slow", { text: "x" }), { text: "x" });
  });
});

describe("thousands of damaged messages", () => {
  /** Changes a valid message somewhere: a key, a value, its kind, its number, its version. */
  function damaged(random: Random, message: object): unknown {
    const copy = structuredClone(message) as Record<string, unknown>;
    const strange: unknown[] = [null, -1, 0, 2 ** 53, "", "__proto__", [], {}, { text: 7 }, true, Number.NaN];
    const keys = Object.keys(copy);
    const key = keys[random.integer(keys.length)]!;
    switch (random.integer(6)) {
      case 0:
        delete copy[key];
        break;
      case 1:
        copy[key] = strange[random.integer(strange.length)];
        break;
      case 2:
        copy.kind = ["request", "progress", "reply", "error", "cancel", "event"][random.integer(6)];
        break;
      case 3:
        copy.id = Number(copy.id) + random.integer(7) - 3;
        break;
      case 4:
        copy.tunesmith = random.integer(3);
        break;
      default: {
        const inner = copy.params ?? copy.result ?? copy.value ?? copy.error;
        if (typeof inner === "object" && inner !== null)
          (inner as Record<string, unknown>).text = strange[random.integer(strange.length)];
      }
    }
    return copy;
  }

  it("both ways: nothing throws, every request settles, and no reply is replied to", async () => {
    const unhandled: unknown[] = [];
    const onUnhandled = (error: unknown) => unhandled.push(error);
    process.on("unhandledRejection", onUnhandled);
    for (let seed = 1; seed <= 40; seed++) {
      const random = new Random(seed);
      const replied = new Map<number, number>();
      const sent = { requests: 0, messages: 0 };
      const { near, far, nearPort, farPort, problems } = pair((message) => {
        const { kind, id } = message as { kind: string; id: number };
        sent.messages++;
        if (kind === "request") sent.requests++;
        // Beside the valid message, which comes through, others that are damaged, late or repeated.
        const others = Array.from({ length: random.integer(3) }, () => damaged(random, message as object));
        if (kind === "reply" || kind === "error") replied.set(id, (replied.get(id) ?? 0) + 1);
        return random.integer(2) === 0 ? [...others, message] : [message, ...others];
      });
      const asked = Array.from({ length: 50 }, async (_, i) => {
        const stop = new AbortController();
        const signal = stop.signal;
        if (random.integer(4) === 0) setTimeout(() => stop.abort(), random.integer(4));
        const onProgress = () => {};
        const way = random.integer(5);
        if (way === 0) return far.request("back", {}, { signal });
        if (way === 1) return near.request("fail", {}, { signal });
        if (way === 2) return near.request("slow", { text: `${i}` }, { signal, onProgress });
        near.emit("told", { text: "" });
        return near.request("echo", { text: `${i}` }, { signal });
      });
      const outcomes = await Promise.race([Promise.allSettled(asked), sleep(5000)]);
      assert.ok(outcomes, `seed ${seed}: some requests were never settled`);
      for (const outcome of outcomes)
        if (outcome.status === "rejected") assert.ok(outcome.reason instanceof TunesmithError);
      for (let i = 0; i < 200; i++) {
        const junk = { tunesmith: protocolVersion, kind: "reply", id: 1 + random.integer(99), result: {} };
        const before = sent.messages;
        (random.integer(2) ? nearPort : farPort).receive(damaged(random, { ...junk, kind: "reply" }));
        const answered = sent.messages - before;
        assert.ok(answered <= 1, `seed ${seed}: a storm of ${answered} messages`);
      }
      await sleep(10);
      assert.ok(sent.messages < 50 * 12, `seed ${seed}: ${sent.messages} messages for 50 requests`);
      assert.ok(problems.length > 0);
      near.close("over");
      far.close("over");
    }
    process.off("unhandledRejection", onUnhandled);
    assert.deepEqual(unhandled, []);
  });
});

function never(): never {
  throw new Error("not asked");
}
