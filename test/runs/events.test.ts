/** The event file: torn, altered and superseded lines, and the history they add up to. */
import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { TunesmithError } from "../../src/protocol/errors.ts";
import { decodeEvent, EventTail, EventWriter, encodeEvent } from "../../src/runs/events.ts";
import {
  addEvent,
  bestValidation,
  emptyHistory,
  environmentChanges,
  parseEvent,
  type RunHistory,
  secondsLeft,
} from "../../src/runs/schema.ts";
import { attemptEvent, stepEvent, temporaryFolder, withFileSystem } from "./temporary.ts";

const root = temporaryFolder();
let made = 0;
function directory(): { path: string; events: string } {
  const path = join(root, String(++made));
  mkdirSync(path);
  return { path, events: join(path, "events.jsonl") };
}

function write(path: string, ...events: Parameters<EventWriter["write"]>[0][]): void {
  const writer = new EventWriter(path);
  for (const event of events) writer.write(event);
  writer.close();
}

function historyOf(path: string): RunHistory {
  const history = emptyHistory();
  for (const event of new EventTail(path).read().events) addEvent(history, event);
  return history;
}

describe("an event line", () => {
  it("closes with the CRC-32 (ISO-HDLC) of what precedes it", () => {
    // The check value of CRC-32 over "123456789" is cbf43926; here over this line's own bytes, by Python's zlib.crc32.
    const line = encodeEvent({ type: "notice", level: "info", message: "é" }, 1);
    assert.equal(line, '{"type":"notice","time":1,"level":"info","message":"é","crc":"f6eeeee2"}\n');
  });

  it("is refused when any one of its bits is flipped", () => {
    const line = encodeEvent(stepEvent(7, 0.25), 1_700_000_000_000).trimEnd();
    const bytes = Buffer.from(line);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const altered = Buffer.from(bytes);
      altered[bit >> 3]! ^= 1 << (bit & 7);
      assert.throws(() => decodeEvent(altered.toString()), `bit ${bit} of ${line}`);
    }
  });

  it("says which field is wrong", () => {
    assert.throws(() => parseEvent({ ...stepEvent(1), time: 1, loss: null }), /step\.loss is null/);
    assert.throws(() => parseEvent({ ...stepEvent(1), time: 1, step: 1.5 }), /step\.step is 1\.5/);
    assert.throws(() => parseEvent({ ...stepEvent(1) }), /no type and time/);
    assert.throws(() => parseEvent([]), /no type and time/);
  });

  it("of a later version is passed over", () => {
    assert.equal(parseEvent({ type: "telepathy", time: 1 }), undefined);
    assert.equal(parseEvent({ type: "toString", time: 1 }), undefined);
    assert.equal(parseEvent({ ...stepEvent(1), time: 1, more: true })?.type, "step");
  });
});

describe("the event file", () => {
  it("keeps only whole lines, wherever the last one was torn", () => {
    const { path, events } = directory();
    write(path, stepEvent(1), stepEvent(2));
    const whole = readFileSync(events);
    const firstLine = whole.indexOf("\n") + 1;
    for (let length = firstLine; length < whole.length; length++) {
      writeFileSync(events, whole);
      truncateSync(events, length);
      assert.deepEqual(
        historyOf(path).steps.map(({ step }) => step),
        [1],
        "a reader waits for the end of the line",
      );
      write(path, stepEvent(3));
      assert.deepEqual(
        historyOf(path).steps.map(({ step }) => step),
        [1, 3],
        `torn at ${length}`,
      );
    }
  });

  it("cuts a torn line longer than what is read at once", () => {
    const { path, events } = directory();
    write(path, stepEvent(1));
    appendFileSync(events, `{"${"x".repeat(200_000)}`);
    write(path, stepEvent(2));
    assert.deepEqual(
      historyOf(path).steps.map(({ step }) => step),
      [1, 2],
    );
    assert.match(readFileSync(events, "utf8"), /\}\n$/);
  });

  it("on a disk that is full keeps its whole lines, and goes on when there is room", () => {
    const { path, events } = directory();
    const writer = new EventWriter(path);
    writer.write(stepEvent(1));
    const full: Parameters<typeof withFileSystem<"writeSync">>[1] = (original) => {
      let room = 20;
      return ((file: number, bytes: Buffer, at: number, _: number, position: number) => {
        if (room === 0) throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
        const written = original(file, bytes, at, room, position);
        room = 0;
        return written;
      }) as typeof original;
    };
    withFileSystem("writeSync", full, () => {
      assert.throws(
        () => writer.write(stepEvent(2)),
        (error: unknown) => error instanceof TunesmithError && error.code === "disk-full",
      );
    });
    assert.match(readFileSync(events, "utf8"), /\}\n$/);
    writer.write(stepEvent(3));
    writer.close();
    assert.deepEqual(
      historyOf(path).steps.map(({ step }) => step),
      [1, 3],
    );
  });

  it("loses only the lines that are damaged, and names them", () => {
    const { path, events } = directory();
    write(path, stepEvent(1), stepEvent(2), stepEvent(3));
    const lines = readFileSync(events, "utf8").split("\n");
    lines[1] = lines[1]!.replace('"loss":0.5', '"loss":0.6');
    writeFileSync(events, lines.join("\n"));
    const { events: read, problems } = new EventTail(path).read();
    assert.deepEqual(
      read.map((event) => event.type === "step" && event.step),
      [1, 3],
    );
    assert.deepEqual(problems, ["events.jsonl, line 2 is damaged and left out: its checksum does not fit"]);
  });

  it("can be followed while it grows, in any pieces", () => {
    const { path, events } = directory();
    const tail = new EventTail(path);
    assert.deepEqual(tail.read().events, [], "a file that is not there yet holds nothing");
    const text = [1, 2, 3].map((step) => encodeEvent(stepEvent(step), step)).join("");
    const seen: number[] = [];
    for (let at = 0; at < text.length; at += 37) {
      appendFileSync(events, text.slice(at, at + 37));
      for (const event of tail.read().events) seen.push(event.time);
    }
    assert.deepEqual(seen, [1, 2, 3]);
  });
});

describe("a run's history", () => {
  it("forgets what an attempt did after the step that the next one went on from", () => {
    const { path } = directory();
    const validation = (step: number, loss: number) =>
      ({ type: "validation", step, loss, tokens: 9 }) as const;
    write(path, attemptEvent(1, 0), stepEvent(1), stepEvent(2, 9), validation(2, 0.1));
    write(path, { type: "ended", attempt: 1, outcome: "paused", error: null });
    write(
      path,
      attemptEvent(2, 1),
      stepEvent(2, 8),
      validation(2, 0.7),
      validation(3, 0.5),
      validation(4, 0.5),
    );
    const history = historyOf(path);
    assert.deepEqual(
      history.steps.map(({ step, loss }) => [step, loss]),
      [
        [1, 1],
        [2, 8],
      ],
    );
    assert.equal(history.ended, null, "the second attempt has not ended");
    assert.equal(bestValidation(history)?.step, 3, "the lowest loss, the earlier one on a tie");
  });

  it("tells the time left from the median step, without the first", () => {
    const history = emptyHistory();
    const add = (event: Parameters<EventWriter["write"]>[0]) => addEvent(history, { ...event, time: 0 });
    add({
      type: "started",
      totalSteps: 10,
      stepsPerEpoch: 10,
      parameters: 1,
      trainableParameters: 1,
      predictedMemoryBytes: 1,
    });
    add({ ...stepEvent(1), seconds: 100 });
    assert.equal(secondsLeft(history), null);
    for (const [step, seconds] of [
      [2, 1],
      [3, 2],
      [4, 60],
    ] as const)
      add({ ...stepEvent(step), seconds });
    assert.equal(secondsLeft(history), 12, "six steps of two seconds");
  });

  it("says what a bit-exact continuation would need", () => {
    const before = { ...attemptEvent(1, 0), time: 0 };
    assert.deepEqual(environmentChanges(before, { ...before, pid: 2, host: "there" }), []);
    assert.deepEqual(
      environmentChanges(before, { ...before, threads: 4, cpuFeatures: ["avx2", "avx512f"] }),
      ["threads: 2 → 4", "cpuFeatures: avx2 → avx2,avx512f"],
    );
  });
});
