/** The extension's end of the linter: the worker, what it was told, and what it last said of each file. */
import { join } from "node:path";
import * as vscode from "vscode";
import type { LintReport, LintWorkerContract } from "../../contracts/lint.ts";
import type { EventName, EventValue, Params, RequestName, Result } from "../../protocol/channel.ts";
import { TunesmithError } from "../../protocol/errors.ts";
import { settings } from "../contributions.ts";
import type { Host } from "../host.ts";
import type { LintClient } from "./client.ts";
import { Diagnostics } from "./diagnostics.ts";
import { Documents } from "./documents.ts";
import { chosenModel } from "./watching.ts";

export class Linter implements vscode.Disposable {
  readonly #host: Pick<Host, "context" | "log">;
  readonly #diagnostics = new Diagnostics();
  #documents: Documents | undefined;
  readonly #reports = new Map<string, LintReport>();
  readonly #changed = new vscode.EventEmitter<LintReport>();
  /** A file was looked at. */
  readonly onReport = this.#changed.event;
  readonly #recognised = new vscode.EventEmitter<{ uri: vscode.Uri; isDataset: boolean }>();
  /** A file that was taken for a dataset by its name is none, or is one after all. */
  readonly onRecognised = this.#recognised.event;
  readonly #gone = new vscode.EventEmitter<vscode.Uri>();
  /** Nothing is known of a file any more: it was closed, or the linter is off. */
  readonly onForgotten = this.#gone.event;
  #client: Promise<LintClient> | undefined;

  constructor(host: Pick<Host, "context" | "log">) {
    this.#host = host;
  }

  /** Begins to look at what editors hold. */
  start(): void {
    this.#documents ??= new Documents({
      client: () => this.client(),
      failed: (error) => this.#failed(error),
      closed: (uri) => this.#forget(uri),
    });
  }

  stop(): void {
    this.#documents?.dispose();
    this.#documents = undefined;
    void this.#client?.then((client) => client.dispose());
    this.#client = undefined;
    this.#forgetAll();
  }

  dispose(): void {
    this.stop();
    this.#diagnostics.dispose();
    this.#changed.dispose();
    this.#recognised.dispose();
    this.#gone.dispose();
  }

  reportOf(uri: vscode.Uri): LintReport | undefined {
    return this.#reports.get(uri.toString());
  }

  client(): Promise<LintClient> {
    this.#client ??= import("./client.ts").then(
      ({ LintClient }) =>
        new LintClient(join(this.#host.context.extensionPath, "dist", "lint.js"), {
          report: (report) => this.#show(report),
          restarted: () => this.#documents?.openAgain(),
          gaveUp: () => void this.#tellOfEnd(),
          log: (text) => this.#host.log.info(`lint: ${text}`),
          settings: chosenModel,
        }),
    );
    return this.#client;
  }

  /** Asks about a document that is open; undefined where the worker has no answer, or nobody waits for it any more. */
  async ask<N extends RequestName<LintWorkerContract>>(
    document: vscode.TextDocument,
    token: vscode.CancellationToken,
    name: N,
    params: Omit<Params<LintWorkerContract, N>, "uri">,
  ): Promise<Result<LintWorkerContract, N> | undefined> {
    if (!this.#documents?.isOpen(document.uri)) return undefined;
    await this.#documents.settled(document.uri);
    if (token.isCancellationRequested) return undefined;
    const client = await this.client();
    const controller = new AbortController();
    token.onCancellationRequested(() => controller.abort());
    const asked = { ...params, uri: document.uri.toString() } as unknown as Params<LintWorkerContract, N>;
    try {
      return await client.request(name, asked, { signal: controller.signal });
    } catch (error) {
      this.#failed(error);
      return undefined;
    }
  }

  /** As `ask`, for a command: what goes wrong is its error. */
  async request<N extends RequestName<LintWorkerContract>>(
    uri: vscode.Uri,
    name: N,
    params: Omit<Params<LintWorkerContract, N>, "uri">,
  ): Promise<Result<LintWorkerContract, N>> {
    if (!this.#documents) {
      throw new TunesmithError(
        "usage",
        vscode.l10n.t("the linter is off"),
        vscode.l10n.t("Turn on the setting “{0}”.", settings.lint),
      );
    }
    await this.#documents.settled(uri);
    const asked = { ...params, uri: uri.toString() } as unknown as Params<LintWorkerContract, N>;
    return (await this.client()).request(name, asked);
  }

  /** Lints a file that no editor needs to hold. */
  async lintFile(uri: vscode.Uri, token: vscode.CancellationToken): Promise<LintReport> {
    const controller = new AbortController();
    token.onCancellationRequested(() => controller.abort());
    const report = await this.lintPath(uri.fsPath, controller.signal);
    if (!this.#documents?.isOpen(uri)) this.#show(report);
    return report;
  }

  /** All that is found in a file: as it is in its editor, if that is open, else on the disk. */
  async lintPath(path: string, signal: AbortSignal): Promise<LintReport> {
    const uri = vscode.Uri.file(path);
    await this.#documents?.settled(uri);
    const client = await this.client();
    return client.request("lintFile", { uri: uri.toString(), path }, { signal });
  }

  /** Tells the worker something, if it is there: one that starts later finds out by itself. */
  tell<N extends EventName<LintWorkerContract>>(name: N, value: EventValue<LintWorkerContract, N>): void {
    void this.#client?.then((client) => client.emit(name, value));
  }

  #show(report: LintReport): void {
    const { uri, isDataset } = report;
    const was = this.#reports.get(uri)?.isDataset ?? true;
    this.#reports.set(uri, report);
    this.#diagnostics.show(report);
    if (was !== isDataset) this.#recognised.fire({ uri: vscode.Uri.parse(uri), isDataset });
    this.#changed.fire(report);
  }

  #forget(uri: vscode.Uri): void {
    const was = this.#reports.get(uri.toString())?.isDataset ?? true;
    this.#reports.delete(uri.toString());
    this.#diagnostics.clear(uri);
    if (!was) this.#recognised.fire({ uri, isDataset: true });
    this.#gone.fire(uri);
  }

  #forgetAll(): void {
    for (const uri of [...this.#reports.keys()]) this.#forget(vscode.Uri.parse(uri));
  }

  /** Squiggles would stay where they were while the text below them moves. */
  async #tellOfEnd(): Promise<void> {
    this.#forgetAll();
    const again = vscode.l10n.t("Start Again");
    const showLog = vscode.l10n.t("Show Log");
    const chosen = await vscode.window.showErrorMessage(
      vscode.l10n.t("The linter has stopped several times, and is off: datasets are not checked any more."),
      again,
      showLog,
    );
    if (chosen === showLog) this.#host.log.show();
    if (chosen !== again || !this.#documents) return;
    this.stop();
    this.start();
  }

  #failed(error: unknown): void {
    if (error instanceof TunesmithError && error.code === "cancelled") return;
    this.#host.log.warn(`lint: ${error instanceof Error ? error.message : String(error)}`);
  }
}
