/** Convert, split, deduplicate, shuffle, merge: looked at first, then written; what is there is never overwritten unasked. */
import { basename, dirname, extname } from "node:path";
import * as vscode from "vscode";
import type { Transformation, Transformed } from "../../contracts/lint.ts";
import { forms } from "../../data/transform/forms.ts";
import { datasetExtensions } from "../contributions.ts";
import { walk } from "../start/ask.ts";
import { pickers } from "../start/pickers.ts";
import { chosenDocument } from "./actions.ts";
import type { Linter } from "./linter.ts";
import { propose } from "./proposal.ts";
import { showText } from "./virtual-texts.ts";

export async function convert(linter: Linter, given: unknown): Promise<void> {
  const document = await chosenDocument(given);
  const own = extname(document.uri.fsPath).toLowerCase();
  const title = vscode.l10n.t("Convert {0}", basename(document.uri.fsPath));
  const isNow = linter.reportOf(document.uri)?.format;
  const kinds: Readonly<Record<string, string>> = {
    ".jsonl": vscode.l10n.t("one record on each line"),
    ".json": vscode.l10n.t("a list of records"),
    ".csv": vscode.l10n.t("a table with commas"),
    ".tsv": vscode.l10n.t("a table with tabs"),
    ".txt": vscode.l10n.t("texts alone"),
  };
  let to = "";
  let extension = "";
  const isAnswered = await walk([
    async () => {
      const answer = await pickers.pick({
        title,
        step: 1,
        steps: 2,
        placeholder: vscode.l10n.t("Into which format?"),
        choices: forms
          .filter(({ isOwn }) => !isOwn)
          .map(({ name, summary }) => ({
            id: name,
            label: name,
            detail: summary,
            ...(name === isNow && { description: vscode.l10n.t("as it is") }),
          })),
        active: to,
      });
      if (typeof answer === "string") return answer;
      to = answer.value;
      return "next";
    },
    async () => {
      const endings = endingsFor(to, own);
      const answer = await pickers.pick({
        title,
        step: 2,
        steps: 2,
        placeholder: vscode.l10n.t("Into what kind of file?"),
        choices: endings.map((ending) => ({
          id: ending,
          label: ending,
          ...(kinds[ending] && { description: kinds[ending] }),
        })),
        active: endings[0],
      });
      if (typeof answer === "string") return answer;
      extension = answer.value;
      return "next";
    },
  ]);
  if (isAnswered) await intoFiles(linter, document, { kind: "convert", to, extension });
}

/** What can hold the format, the file's own ending first. */
function endingsFor(to: string, own: string): string[] {
  const form = forms.find(({ name }) => name === to);
  return [own, ...datasetExtensions.filter((ending) => ending !== own && ending !== ".ndjson")].filter(
    (ending) =>
      /^\.(?:csv|tsv)$/.test(ending) ? !form?.isNested : ending !== ".txt" || form?.format.name === "text",
  );
}

export async function split(linter: Linter, given: unknown): Promise<void> {
  const document = await chosenDocument(given);
  const title = vscode.l10n.t("Split {0}", basename(document.uri.fsPath));
  const rows = linter.reportOf(document.uri)?.rows;
  const inRows = (amount: number) => (amount < 1 ? amount * (rows ?? Number.POSITIVE_INFINITY) : amount);
  const typed = { validation: "0.1", test: "0.1" };
  const ask = async (
    step: number,
    part: keyof typeof typed,
    prompt: string,
    problem: (text: string) => string | undefined,
  ) => {
    const answer = await pickers.text({ title, step, steps: 2, value: typed[part], prompt, problem });
    if (typeof answer === "string") return answer;
    typed[part] = answer.value;
    return "next";
  };
  const amountProblem = (text: string) =>
    isAmount(text) ? undefined : vscode.l10n.t("A share such as 0.1, or a number of rows");
  const isAnswered = await walk([
    () =>
      ask(
        1,
        "validation",
        vscode.l10n.t("For validation: a share below 1, or a number of rows"),
        amountProblem,
      ),
    () =>
      ask(2, "test", vscode.l10n.t("For the test: a share below 1, or a number of rows"), (text) => {
        const [validation, test] = [Number(typed.validation), Number(text)];
        if (!isAmount(text)) return amountProblem(text);
        if (validation === 0 && test === 0)
          return vscode.l10n.t("Validation gets nothing, so the test needs something.");
        return rows !== undefined && inRows(validation) + inRows(test) >= rows
          ? vscode.l10n.t("Nothing would be left to train on: the file has {0}.", rowsInWords(rows))
          : undefined;
      }),
  ]);
  if (!isAnswered) return;
  const [validation, test] = [Number(typed.validation), Number(typed.test)];
  await intoFiles(linter, document, { kind: "split", validation, test, seed: 0 });
}

function isAmount(text: string): boolean {
  const amount = Number(text);
  return (
    text.trim() !== "" && Number.isFinite(amount) && amount >= 0 && (amount < 1 || Number.isInteger(amount))
  );
}

export async function dedupe(linter: Linter, given: unknown): Promise<void> {
  const document = await chosenDocument(given);
  const items = [
    { label: vscode.l10n.t("Whole rows, keep the first"), by: "row", keep: "first" },
    { label: vscode.l10n.t("Whole rows, keep the last"), by: "row", keep: "last" },
    { label: vscode.l10n.t("Rows with the same question, keep the first"), by: "prompt", keep: "first" },
    { label: vscode.l10n.t("Rows with the same question, keep the last"), by: "prompt", keep: "last" },
  ] as const;
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t("Remove duplicate rows of {0}", basename(document.uri.fsPath)),
    placeHolder: vscode.l10n.t("What must be the same?"),
  });
  if (!picked) return;
  const before = linter.reportOf(document.uri)?.rows;
  await inPlace(linter, document, {
    transformation: { kind: "dedupe", by: picked.by, keep: picked.keep },
    nothing: vscode.l10n.t("{0} has no such duplicate rows.", basename(document.uri.fsPath)),
    outcome: (rows) =>
      before === undefined
        ? vscode.l10n.t("{0} stay.", rowsInWords(rows))
        : vscode.l10n.t("Duplicates removed: {0} of {1}.", before - rows, rowsInWords(before)),
  });
}

export async function shuffle(linter: Linter, given: unknown): Promise<void> {
  const document = await chosenDocument(given);
  const seed = await vscode.window.showInputBox({
    title: vscode.l10n.t("Shuffle {0}", basename(document.uri.fsPath)),
    prompt: vscode.l10n.t("Seed: the same one gives the same order"),
    value: "0",
    validateInput: (text) => (/^\d{1,9}$/.test(text) ? undefined : vscode.l10n.t("A whole number")),
  });
  if (seed === undefined) return;
  await inPlace(linter, document, {
    transformation: { kind: "shuffle", seed: Number(seed) },
    nothing: vscode.l10n.t("This seed leaves the rows in the order that they are in."),
    outcome: (rows) => vscode.l10n.t("{0} in another order.", rowsInWords(rows)),
  });
}

/** @param others with the file that was clicked, where several are selected in the explorer */
export async function merge(linter: Linter, given: unknown, others: unknown): Promise<void> {
  const uris = Array.isArray(others)
    ? others.filter((uri): uri is vscode.Uri => uri instanceof vscode.Uri)
    : [];
  const document = await chosenDocument(given);
  const isOther = (uri: vscode.Uri) => uri.toString() !== document.uri.toString();
  const chosen = uris.filter(isOther);
  const more = chosen.length > 0 ? chosen : (await askForFiles(document)).filter(isOther);
  if (more.length === 0) return;
  await intoFiles(linter, document, { kind: "merge", paths: more.map(({ fsPath }) => fsPath) });
}

async function askForFiles({ uri }: vscode.TextDocument): Promise<readonly vscode.Uri[]> {
  const extensions = datasetExtensions.map((extension) => extension.slice(1));
  const picked = await vscode.window.showOpenDialog({
    title: vscode.l10n.t("Merge {0} with", basename(uri.fsPath)),
    defaultUri: vscode.Uri.file(dirname(uri.fsPath)),
    canSelectMany: true,
    filters: { [vscode.l10n.t("Datasets")]: extensions },
    openLabel: vscode.l10n.t("Merge"),
  });
  return picked ?? [];
}

interface Change {
  transformation: Transformation;
  /** Said where the file stays as it is. */
  nothing: string;
  outcome(rows: number): string;
}

/** A result that takes the place of the file: shown as a diff, applied as one edit that can be undone. */
async function inPlace(
  linter: Linter,
  document: vscode.TextDocument,
  { transformation, nothing, outcome }: Change,
): Promise<void> {
  const { version } = document;
  const { files, notes } = await ask(linter, document, transformation);
  const [file] = files;
  if (!file || file.text === document.getText()) {
    void vscode.window.showInformationMessage(nothing);
    return;
  }
  const edit = new vscode.WorkspaceEdit();
  const end = document.lineAt(document.lineCount - 1).range.end;
  edit.replace(document.uri, new vscode.Range(new vscode.Position(0, 0), end), file.text);
  await propose({
    document,
    version,
    text: file.text,
    edit,
    title: vscode.l10n.t("{0}: before and after", basename(document.uri.fsPath)),
    question: [outcome(file.rows), ...notes.slice(0, 3)].join(" "),
  });
}

/** Results that become files beside the dataset. */
async function intoFiles(
  linter: Linter,
  document: vscode.TextDocument,
  transformation: Transformation,
): Promise<void> {
  const { files, notes, losses } = await ask(linter, document, transformation);
  const folder = vscode.Uri.file(dirname(document.uri.fsPath));
  const targets = files.map((file) => ({ ...file, uri: vscode.Uri.joinPath(folder, file.name) }));
  const there: string[] = [];
  for (const { uri, name } of targets) if (await exists(uri)) there.push(name);
  const write = there.length > 0 ? vscode.l10n.t("Overwrite") : vscode.l10n.t("Write");
  const look = vscode.l10n.t("Preview");
  const list = targets.map(({ name, rows }) => `${name}: ${rowsInWords(rows)}`);
  const detail = [
    ...list,
    ...(there.length > 0 ? [vscode.l10n.t("Already there: {0}", there.join(", "))] : []),
    ...(losses.length > 0 ? ["", vscode.l10n.t("This would be lost:"), ...shortened(losses)] : []),
    ...(notes.length > 0 ? ["", ...shortened(notes)] : []),
  ].join("\n");
  const beside =
    targets.length === 1
      ? vscode.l10n.t("Write {0} beside the dataset?", targets[0]!.name)
      : vscode.l10n.t("Write {0} files beside the dataset?", targets.length);
  const question =
    losses.length > 0 ? vscode.l10n.t("Not everything can be kept. Write all the same?") : beside;
  let chosen = await vscode.window.showInformationMessage(question, { modal: true, detail }, write, look);
  if (chosen === look) {
    const shown = targets.map(({ name, text }) => showText(name, text));
    for (const each of shown) await vscode.window.showTextDocument(each, { preview: false });
    chosen = await vscode.window.showInformationMessage(beside, write);
    if (chosen === write) await closeTexts(shown);
  }
  if (chosen !== write) return;
  for (const { uri, text } of targets) await vscode.workspace.fs.writeFile(uri, Buffer.from(text));
  await vscode.window.showTextDocument(targets[0]!.uri);
  if (targets.length === 1) return;
  const names = targets.map(({ name }) => name).join(", ");
  void vscode.window.showInformationMessage(vscode.l10n.t("Written: {0}.", names));
}

async function closeTexts(shown: readonly vscode.Uri[]): Promise<void> {
  const uris = new Set(shown.map(String));
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  await vscode.window.tabGroups.close(
    tabs.filter(({ input }) => input instanceof vscode.TabInputText && uris.has(input.uri.toString())),
  );
}

function rowsInWords(rows: number): string {
  return rows === 1 ? vscode.l10n.t("1 row") : vscode.l10n.t("{0} rows", rows.toLocaleString());
}

function ask(
  linter: Linter,
  { uri }: vscode.TextDocument,
  transformation: Transformation,
): Promise<Transformed> {
  return linter.request(uri, "transform", { path: uri.fsPath, transformation });
}

function shortened(texts: readonly string[]): string[] {
  const shown = texts.slice(0, 8);
  return texts.length > shown.length
    ? [...shown, vscode.l10n.t("and {0} more", texts.length - shown.length)]
    : shown;
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}
