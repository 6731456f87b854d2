/**
 * The host's side of the preview page: the row that the cursor is in, as it is now. Knows nothing of VS Code: a test
 * drives it through a port.
 */
import { type PreviewAction, previewHost, previewPanel, type ShownRow } from "../../contracts/dataset.ts";
import type { LintPreview } from "../../contracts/lint.ts";
import { Channel, type Port } from "../../protocol/channel.ts";
import { checkOf } from "../../protocol/checks.ts";
import { TunesmithError, toErrorRecord } from "../../protocol/errors.ts";
import { Latest } from "./pages-latest.ts";

/** The cursor may be on its way, and somebody may be typing. */
const cursorMs = 60;
const editMs = 250;

/** What only VS Code and the linter can do, of the page's file. */
export interface PreviewSurroundings {
  uri: string;
  name: string;
  /** @throws whatever the linter's worker throws */
  preview(line: number): Promise<LintPreview>;
  lineOf(row: number): Promise<number>;
  modelTrouble(): string | null;
  /** Puts the editor's cursor into a line; the page keeps the focus. */
  moveCursor(line: number): Promise<void>;
  act(action: PreviewAction, line: number): Promise<void>;
  onProblem(problem: string): void;
}

const checks = { own: checkOf(previewHost), other: checkOf(previewPanel) };

export class PreviewPanel {
  readonly #around: PreviewSurroundings;
  readonly #channel: Channel<typeof previewHost, typeof previewPanel>;
  readonly #asking = new Latest(() => this.#ask());
  #line: number;
  #shown: ShownRow;
  #isOpen = false;
  #isVisible = true;
  #isStale = false;

  constructor(port: Port, around: PreviewSurroundings, line: number) {
    this.#around = around;
    this.#line = line;
    const { uri, name } = around;
    this.#shown = { uri, name, preview: null, modelTrouble: null, problem: null };
    this.#channel = new Channel<typeof previewHost, typeof previewPanel>(
      port,
      {
        own: { contract: previewHost, check: checks.own },
        other: { contract: previewPanel, check: checks.other },
      },
      {
        open: async () => {
          await this.#asking.now();
          this.#isOpen = true;
          return this.#shown;
        },
        go: async ({ row }) => {
          const line = await around.lineOf(row);
          this.#line = line;
          await around.moveCursor(line);
          await this.#asking.now();
          return {};
        },
        act: async ({ action }) => {
          await around.act(action, this.#shown.preview?.line ?? this.#line);
          return {};
        },
      },
      around.onProblem,
    );
  }

  /** The cursor has moved. */
  follow(line: number): void {
    if (line === this.#line) return;
    this.#line = line;
    this.#soon(cursorMs);
  }

  /** The text, the settings or the model have changed. */
  changed(): void {
    this.#soon(editMs);
  }

  /** A hidden page hears nothing, and is told how things are when it is back. */
  setVisible(visible: boolean): void {
    this.#isVisible = visible;
    if (visible && this.#isStale) this.#soon(0);
  }

  dispose(): void {
    this.#asking.dispose();
    this.#channel.close("the page was closed");
  }

  #soon(ms: number): void {
    this.#isStale = true;
    if (this.#isVisible) this.#asking.soon(ms);
  }

  async #ask(): Promise<void> {
    const { uri, name, modelTrouble } = this.#around;
    this.#isStale = false;
    const about = { uri, name, modelTrouble: modelTrouble() };
    try {
      this.#shown = { ...about, preview: await this.#around.preview(this.#line), problem: null };
    } catch (error) {
      if (error instanceof TunesmithError && error.code === "cancelled") return;
      const { message, hint } = toErrorRecord(error);
      this.#shown = { ...about, preview: null, problem: { message, hint } };
    }
    if (this.#isOpen) this.#channel.emit("shown", this.#shown);
  }
}
