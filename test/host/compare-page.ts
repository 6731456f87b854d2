/** A page as the host sees it: the other end of its port, and what came through it. Messages are cloned, as VS Code does. */
import { type CompareHead, compareHost, comparePanel, type ListedRow } from "../../src/contracts/compare.ts";
import { judgeOf } from "../../src/host/compare/judge.ts";
import { type Judging, judge, judgeHost, trusted } from "../../src/host/compare/judging.ts";
import { ComparePanel, type CompareSurroundings } from "../../src/host/compare/panel.ts";
import type { RunStore } from "../../src/host/runs/store.ts";
import { Channel, type Port } from "../../src/protocol/channel.ts";
import { checkOf } from "../../src/protocol/checks.ts";
import { linkedPorts } from "../protocol/ports.ts";

export class PageInTest {
  readonly panel: ComparePanel;
  readonly channel: Channel<typeof comparePanel, typeof compareHost>;
  readonly heads: CompareHead[] = [];
  /** As the page keeps them, by number. */
  readonly rows = new Map<number, ListedRow>();
  readonly problems: string[] = [];
  /** Requests to the judge, by name. */
  readonly judged: string[] = [];
  /** Messages of the host. */
  sent = 0;

  constructor(directory: string, store: RunStore, around: Partial<CompareSurroundings> = {}) {
    const [hostPort, pagePort] = linkedPorts();
    const counted: Port = {
      listen: hostPort.listen,
      post: (message) => {
        this.sent++;
        hostPort.post(message);
      },
    };
    this.channel = new Channel<typeof comparePanel, typeof compareHost>(
      pagePort,
      {
        own: { contract: comparePanel, check: checkOf(comparePanel) },
        other: { contract: compareHost, check: checkOf(compareHost) },
      },
      {
        head: (head) => void this.heads.push(head),
        rows: (rows) => {
          for (const row of rows) this.rows.set(row.index, row);
        },
      },
      (problem) => this.problems.push(problem),
    );
    const unasked = async (): Promise<never> => {
      throw new Error("not in this test");
    };
    this.panel = new ComparePanel(directory, {
      store,
      judge: judgeBeside(directory, this.judged),
      port: counted,
      around: {
        act: unasked,
        askPath: unasked,
        addToDataset: unasked,
        chat: unasked,
        onProblem: (problem) => this.problems.push(problem),
        ...around,
      },
    });
  }

  /** Opens and takes all rows there are, as the page does. */
  async open(): Promise<CompareHead> {
    const { head, rows: count } = await this.channel.request("open", {});
    this.heads.push(head);
    for (let from = 0; from < count; from += 500) {
      for (const row of (await this.channel.request("rows", { from, count: 500 })).rows)
        this.rows.set(row.index, row);
    }
    return head;
  }

  get head(): CompareHead {
    return this.heads.at(-1)!;
  }
}

/** A judge in this thread. */
function judgeBeside(directory: string, asked: string[]): Judging {
  const [near, far] = linkedPorts();
  const own = { contract: judge, check: trusted };
  const other = { contract: judgeHost, check: trusted };
  new Channel<typeof judge, typeof judgeHost>(far, { own, other }, judgeOf(directory));
  const channel = new Channel<typeof judgeHost, typeof judge>(near, { own: other, other: own }, {});
  return {
    request: (name, params, options) => {
      asked.push(name);
      return channel.request(name, params, options);
    },
  };
}
