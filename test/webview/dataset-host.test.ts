/** The host's side of a dataset's pages, driven through a port as a page drives it. */
import assert from "node:assert/strict";
import { describe, it, mock } from "node:test";
import {
  type DatasetState,
  previewHost,
  previewPanel,
  type ShownRow,
  statisticsHost,
  statisticsPanel,
} from "../../src/contracts/dataset.ts";
import type { LintOutlook, LintPreview, LintReport, LintStatistics } from "../../src/contracts/lint.ts";
import { PreviewPanel, type PreviewSurroundings } from "../../src/host/lint/preview-panel.ts";
import { StatisticsPanel, type StatisticsSurroundings } from "../../src/host/lint/statistics-panel.ts";
import { Channel, type Port } from "../../src/protocol/channel.ts";
import { checkOf } from "../../src/protocol/checks.ts";
import { TunesmithError } from "../../src/protocol/errors.ts";
import { datasetStates, shownRows } from "../../webview/dev/datasets.ts";

/** Two ends of a wire that carries what JSON carries, as VS Code's does. */
function wire(): [Port, Port] {
  const listeners: ((message: unknown) => void)[] = [() => {}, () => {}];
  const end = (own: number): Port => ({
    post: (message) => {
      const text = JSON.stringify(message);
      queueMicrotask(() => listeners[1 - own]!(JSON.parse(text)));
    },
    listen: (receive) => {
      listeners[own] = receive;
    },
  });
  return [end(0), end(1)];
}

const settle = async () => {
  for (let turn = 0; turn < 30; turn++) await Promise.resolve();
};

describe("the preview's host", () => {
  function open(given: Partial<PreviewSurroundings> = {}) {
    mock.timers.enable({ apis: ["setTimeout"] });
    const [hostEnd, pageEnd] = wire();
    const asked: number[] = [];
    const moved: number[] = [];
    const problems: string[] = [];
    const shown: ShownRow[] = [];
    const panel = new PreviewPanel(
      hostEnd,
      {
        uri: "file:///a.jsonl",
        name: "a.jsonl",
        preview: async (line): Promise<LintPreview> => {
          asked.push(line);
          return { ...shownRows.chat!(line + 1).preview!, line };
        },
        lineOf: async (row) => row - 1,
        modelTrouble: () => null,
        moveCursor: async (line) => void moved.push(line),
        act: async () => {},
        onProblem: (problem) => problems.push(problem),
        ...given,
      },
      4,
    );
    const page = new Channel<typeof previewPanel, typeof previewHost>(
      pageEnd,
      {
        own: { contract: previewPanel, check: checkOf(previewPanel) },
        other: { contract: previewHost, check: checkOf(previewHost) },
      },
      { shown: (row) => shown.push(row) },
      (problem) => problems.push(problem),
    );
    const end = () => {
      panel.dispose();
      mock.timers.reset();
      assert.deepEqual(problems, []);
    };
    return { panel, page, asked, moved, shown, end };
  }

  it("shows the cursor's row, follows it and edits once they rest, and asks nothing while it is hidden", async () => {
    const { panel, page, asked, shown, end } = open();
    const first = await page.request("open", {});
    assert.equal(first.preview!.row, 5);
    for (const line of [5, 6, 7]) panel.follow(line);
    mock.timers.tick(60);
    await settle();
    assert.deepEqual(asked, [4, 7]);
    panel.follow(7);
    mock.timers.tick(1000);
    await settle();
    assert.deepEqual(asked, [4, 7], "it stands where it stood");
    for (let key = 0; key < 20; key++) {
      panel.changed();
      mock.timers.tick(30);
    }
    mock.timers.tick(250);
    await settle();
    assert.deepEqual(asked, [4, 7, 7]);
    panel.setVisible(false);
    panel.follow(9);
    mock.timers.tick(1000);
    await settle();
    assert.equal(asked.length, 3);
    panel.setVisible(true);
    mock.timers.tick(1);
    await settle();
    assert.deepEqual(asked, [4, 7, 7, 9]);
    assert.equal(shown.at(-1)!.preview!.row, 10);
    end();
  });

  it("goes to a row with the editor's cursor, and has shown it when it answers", async () => {
    const { page, moved, shown, end } = open();
    await page.request("open", {});
    await page.request("go", { row: 40 });
    assert.deepEqual(moved, [39]);
    assert.equal(shown.at(-1)!.preview!.row, 40);
    end();
  });

  it("asks one thing at a time, and of what waits only the latest", async () => {
    let running = 0;
    const { panel, page, asked, end } = open({
      preview: async (line) => {
        assert.equal(++running, 1, "one at a time");
        asked.push(line);
        await settle();
        running--;
        return { ...shownRows.chat!(line + 1).preview!, line };
      },
    });
    await page.request("open", {});
    await Promise.all([10, 20, 30].map((row) => page.request("go", { row })));
    assert.equal(asked.at(-1), 29);
    assert.ok(asked.length <= 4, String(asked));
    panel.dispose();
    end();
  });

  it("says why there is nothing to show, and shows it again when there is", async () => {
    let error: Error | undefined = new TunesmithError("dataset-empty", "a.jsonl holds no rows", "Add one.");
    const { panel, page, shown, end } = open({
      preview: async (line) => {
        if (error) throw error;
        return { ...shownRows.chat!(line + 1).preview!, line };
      },
      modelTrouble: () => "org/large is not on this machine",
    });
    const first = await page.request("open", {});
    assert.deepEqual(first.problem, { message: "a.jsonl holds no rows", hint: "Add one." });
    assert.equal(first.modelTrouble, "org/large is not on this machine");
    error = undefined;
    panel.changed();
    mock.timers.tick(250);
    await settle();
    assert.equal(shown.at(-1)!.problem, null);
    assert.equal(shown.at(-1)!.preview!.row, 5);
    end();
  });
});

describe("the statistics' host", () => {
  const { statistics, outlook } = datasetStates.whole! as {
    statistics: LintStatistics;
    outlook: LintOutlook;
  };

  function open(given: Partial<StatisticsSurroundings> = {}, wantsOutlook = false) {
    mock.timers.enable({ apis: ["setTimeout"] });
    const [hostEnd, pageEnd] = wire();
    const asked: string[] = [];
    const problems: string[] = [];
    const states: DatasetState[] = [];
    const report: { pending?: LintReport["pending"]; trouble?: string } = {};
    const around: StatisticsSurroundings = {
      uri: "file:///a.jsonl",
      name: "a.jsonl",
      statistics: async () => {
        asked.push("statistics");
        return statistics;
      },
      outlook: async () => {
        asked.push("outlook");
        return outlook;
      },
      report: () => ({ pending: report.pending, model: { trouble: report.trouble } }) as LintReport,
      reveal: async (line) => void asked.push(`reveal ${line}`),
      explain: async (rule) => void asked.push(`explain ${rule}`),
      onProblem: (problem) => problems.push(problem),
      ...given,
    };
    const panel = new StatisticsPanel(hostEnd, around, wantsOutlook);
    const page = new Channel<typeof statisticsPanel, typeof statisticsHost>(
      pageEnd,
      {
        own: { contract: statisticsPanel, check: checkOf(statisticsPanel) },
        other: { contract: statisticsHost, check: checkOf(statisticsHost) },
      },
      { state: (state) => states.push(state), focus: () => asked.push("focus") },
      (problem) => problems.push(problem),
    );
    const end = () => {
      panel.dispose();
      mock.timers.reset();
      assert.deepEqual(problems, []);
    };
    return { panel, page, asked, states, report, end };
  }

  it("opens at once, asks again half a second after the last report, and for the outlook when all is counted", async () => {
    const { panel, page, asked, states, report, end } = open();
    report.pending = "tokens";
    const first = await page.request("open", {});
    assert.equal(first.state.statistics, null);
    assert.equal(first.focus, null);
    await settle();
    assert.deepEqual(asked, ["statistics"]);
    assert.equal(states.at(-1)!.pending, "tokens");
    assert.equal(states.at(-1)!.outlook, null);
    delete report.pending;
    for (let turn = 0; turn < 10; turn++) {
      panel.reported();
      mock.timers.tick(100);
    }
    mock.timers.tick(400);
    await settle();
    assert.deepEqual(asked, ["statistics", "statistics", "outlook"]);
    assert.deepEqual(states.at(-1)!.outlook, JSON.parse(JSON.stringify(outlook)));
    panel.setVisible(false);
    panel.reported();
    mock.timers.tick(1000);
    await settle();
    assert.equal(asked.length, 3);
    panel.setVisible(true);
    mock.timers.tick(1);
    await settle();
    assert.equal(asked.length, 5);
    end();
  });

  it("says why tokens cannot be counted, and asks no worker for it", async () => {
    const { page, asked, states, report, end } = open();
    report.trouble = "org/large is not on this machine";
    await page.request("open", {});
    await settle();
    assert.deepEqual(asked, ["statistics"]);
    assert.equal(states.at(-1)!.outlookProblem!.message, report.trouble);
    end();
  });

  it("says what went wrong, and goes on when it goes again", async () => {
    let fails = true;
    const { panel, page, states, end } = open({
      statistics: async () => {
        if (fails) throw new TunesmithError("file-not-found", "a.jsonl is not open", "Open it in an editor.");
        return statistics;
      },
    });
    await page.request("open", {});
    await settle();
    assert.equal(states.at(-1)!.problem!.hint, "Open it in an editor.");
    fails = false;
    panel.reported();
    mock.timers.tick(500);
    await settle();
    assert.equal(states.at(-1)!.problem, null);
    assert.equal(states.at(-1)!.statistics!.rows, statistics.rows);
    end();
  });

  it("begins with the outlook where that was asked for, and goes there later", async () => {
    const { panel, page, asked, end } = open({}, true);
    assert.equal((await page.request("open", {})).focus, "outlook");
    panel.showOutlook();
    await page.request("reveal", { line: 3 });
    await page.request("explain", { rule: "json-parse" });
    await settle();
    for (const each of ["focus", "reveal 3", "explain json-parse"]) assert.ok(asked.includes(each), each);
    end();
  });
});
