/**
 * Tells the worker of the documents that editors hold. It reads files by itself; what goes over are edits, and a whole
 * text only where the editor shows another one than the disk holds.
 */
import { extname } from "node:path";
import * as vscode from "vscode";
import { datasetExtensions } from "../contributions.ts";
import type { LintClient } from "./client.ts";

/** Whether a document could be a dataset by its name; the worker decides by what it holds. */
export function mayBeDataset({ uri }: vscode.TextDocument): boolean {
  if (uri.scheme !== "file" || /[\\/](?:\.tunesmith|node_modules)[\\/]/.test(uri.fsPath)) return false;
  if (/\.(?:tune|suppressions)\.json$|[\\/]tunesmith\.lint\.json$/.test(uri.fsPath)) return false;
  return (datasetExtensions as readonly string[]).includes(extname(uri.fsPath).toLowerCase());
}

interface Around {
  client(): Promise<LintClient>;
  failed(error: unknown): void;
  closed(uri: vscode.Uri): void;
}

export class Documents implements vscode.Disposable {
  readonly #around: Around;
  readonly #open = new Set<string>();
  /** The version that the worker was given whole: changes up to it are in it. */
  readonly #given = new Map<string, number>();
  /** What happened to a document reaches the worker in the order in which it happened. */
  readonly #queues = new Map<string, Promise<void>>();
  readonly #own: vscode.Disposable;

  constructor(around: Around) {
    this.#around = around;
    this.#own = vscode.Disposable.from(
      vscode.workspace.onDidOpenTextDocument((document) => this.#opened(document)),
      vscode.workspace.onDidCloseTextDocument((document) => this.#closed(document)),
      vscode.workspace.onDidChangeTextDocument((event) => this.#changed(event)),
    );
    for (const document of vscode.workspace.textDocuments) this.#opened(document);
  }

  dispose(): void {
    this.#own.dispose();
  }

  isOpen(uri: vscode.Uri): boolean {
    return this.#open.has(uri.toString());
  }

  /** After the worker was started anew. */
  openAgain(): void {
    this.#open.clear();
    for (const document of vscode.workspace.textDocuments) this.#opened(document);
  }

  /** Once the worker has heard of everything that happened to a document so far. */
  async settled(uri: vscode.Uri): Promise<void> {
    await this.#queues.get(uri.toString());
  }

  #opened(document: vscode.TextDocument): void {
    if (!mayBeDataset(document) || this.#open.has(document.uri.toString())) return;
    this.#open.add(document.uri.toString());
    this.#then(document.uri, () => this.#tell(document));
  }

  async #tell(document: vscode.TextDocument): Promise<void> {
    const client = await this.#around.client();
    const uri = document.uri.toString();
    // Taken at the moment of sending: changes that wait in the queue are in it already, and must not be made twice.
    const about = () => {
      this.#given.set(uri, document.version);
      return aboutOf(document);
    };
    if (document.isClosed) return;
    const { wantsText } = await client.request(
      "open",
      document.isDirty ? withText(document, about()) : about(),
    );
    if (wantsText && !document.isClosed) await client.request("open", withText(document, about()));
  }

  #closed(document: vscode.TextDocument): void {
    const uri = document.uri.toString();
    if (!this.#open.delete(uri)) return;
    this.#given.delete(uri);
    this.#around.closed(document.uri);
    this.#then(document.uri, async () => (await this.#around.client()).emit("close", { uri }));
  }

  #changed({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    if (contentChanges.length === 0) return;
    const uri = document.uri.toString();
    if (!this.#open.has(uri)) {
      this.#opened(document);
      return;
    }
    const { version } = document;
    const changes = contentChanges.map(({ rangeOffset, rangeLength, text }) => ({
      start: rangeOffset,
      end: rangeOffset + rangeLength,
      text,
    }));
    this.#then(document.uri, async () => {
      if (version > (this.#given.get(uri) ?? 0))
        (await this.#around.client()).emit("change", { uri, version, changes });
    });
  }

  #then(uri: vscode.Uri, run: () => Promise<void>): void {
    const key = uri.toString();
    const next = (this.#queues.get(key) ?? Promise.resolve())
      .then(run)
      .catch((error: unknown) => this.#around.failed(error));
    this.#queues.set(key, next);
    void next.then(() => this.#queues.get(key) === next && this.#queues.delete(key));
  }
}

function aboutOf(document: vscode.TextDocument) {
  return {
    uri: document.uri.toString(),
    path: document.uri.fsPath,
    eol: document.eol === vscode.EndOfLine.CRLF ? ("\r\n" as const) : ("\n" as const),
    version: document.version,
    lines: document.lineCount,
    length: lengthOf(document),
  };
}

function lengthOf(document: vscode.TextDocument): number {
  const last = document.lineCount - 1;
  return document.offsetAt(document.lineAt(last).range.end);
}

function withText<T extends object>(document: vscode.TextDocument, about: T): T & { text: string } {
  return { ...about, text: document.getText() };
}
