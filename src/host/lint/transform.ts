/** Convert, split, deduplicate, shuffle, merge: looked at first, then written; what is there is never overwritten unasked. */
import { basename, dirname, extname } from "node:path";
import * as vscode from "vscode";
import type { Transformation, Transformed } from "../../contracts/lint.ts";
import { forms } from "../../data/transform/forms.ts";
import { datasetExtensions } from "../contributions.ts";
import { chosenDocument } from "./actions.ts";
import type { Linter } from "./linter.ts";
import { propose } from "./proposal.ts";
import { showText } from "./virtual-texts.ts";

export async function convert(linter: Linter, given: unknown): Promise<void> {
  const document = await chosenDocument(given);
  const form = await vscode.window.showQuickPick(
    forms.filter(({ isOwn }) => !isOwn).map(({ name, summary }) => ({ label: name, detail: summary })),
    {
      title: vscode.l10n.t("Convert"),
      placeHolder: vscode.l10n.t("Into which format?"),
      matchOnDetail: true,
    },
  );
  if (!form) return;
  const own = extname(document.uri.fsPath).toLowerCase();
  const endings = [own, ...datasetExtensions.filter((ending) => ending !== own && ending !== ".ndjson")];
  const extension = await vscode.window.showQuickPick(endings, {
    title: vscode.l10n.t("Convert"),
    placeHolder: vscode.l10n.t("Into what kind of file?"),
  });
  if (!extension) return;
  await intoFiles(linter, document, { kind: "convert", to: form.label, extension });
}

export async function split(linter: Linter, given: unknown): Promise<void> {
  const document = await chosenDocument(given);
  const share = async (prompt: string, value: string) => {
    const typed = await vscode.window.showInputBox({
      title: vscode.l10n.t("Split"),
      prompt,
      value,
      validateInput: (text) =>
        isAmount(text) ? undefined : vscode.l10n.t("A share such as 0.1, or a number of rows"),
    });
    return typed === undefined ? undefined : Number(typed);
  };
  const validation = await share(
    vscode.l10n.t("For validation: a share below 1, or a number of rows"),
    "0.1",
  );
  if (validation === undefined) return;
  const test = await share(vscode.l10n.t("For the test: a share below 1, or a number of rows"), "0.1");
  if (test === undefined) return;
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
    title: vscode.l10n.t("Remove duplicate rows"),
    placeHolder: vscode.l10n.t("What must be the same?"),
  });
  if (picked) await inPlace(linter, document, { kind: "dedupe", by: picked.by, keep: picked.keep });
}

export async function shuffle(linter: Linter, given: unknown): Promise<void> {
  const document = await chosenDocument(given);
  const seed = await vscode.window.showInputBox({
    title: vscode.l10n.t("Shuffle"),
    prompt: vscode.l10n.t("Seed: the same one gives the same order"),
    value: "0",
    validateInput: (text) => (/^\d{1,9}$/.test(text) ? undefined : vscode.l10n.t("A whole number")),
  });
  if (seed !== undefined) await inPlace(linter, document, { kind: "shuffle", seed: Number(seed) });
}

/** @param others with the file that was clicked, where several are selected in the explorer */
export async function merge(linter: Linter, given: unknown, others: unknown): Promise<void> {
  const uris = Array.isArray(others)
    ? others.filter((uri): uri is vscode.Uri => uri instanceof vscode.Uri)
    : [];
  const document = await chosenDocument(given);
  const first = document.uri.toString();
  const chosen = uris.filter((uri) => uri.toString() !== first);
  const more = chosen.length > 0 ? chosen : await askForFiles();
  if (more.length === 0) return;
  await intoFiles(linter, document, { kind: "merge", paths: more.map(({ fsPath }) => fsPath) });
}

async function askForFiles(): Promise<readonly vscode.Uri[]> {
  const extensions = datasetExtensions.map((extension) => extension.slice(1));
  const picked = await vscode.window.showOpenDialog({
    canSelectMany: true,
    filters: { [vscode.l10n.t("Datasets")]: extensions },
    openLabel: vscode.l10n.t("Merge"),
  });
  return picked ?? [];
}

/** A result that takes the place of the file: shown as a diff, applied as one edit that can be undone. */
async function inPlace(
  linter: Linter,
  document: vscode.TextDocument,
  transformation: Transformation,
): Promise<void> {
  const { version } = document;
  const { files, notes } = await ask(linter, document, transformation);
  const [file] = files;
  if (!file || file.text === document.getText()) {
    void vscode.window.showInformationMessage(vscode.l10n.t("Nothing would change."));
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
    question: [vscode.l10n.t("{0} rows afterwards.", file.rows), ...notes.slice(0, 3)].join(" "),
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
  const list = targets.map(
    ({ name, rows }) => `${name}: ${vscode.l10n.t("{0} rows", rows.toLocaleString())}`,
  );
  const detail = [
    ...list,
    ...(there.length > 0 ? [vscode.l10n.t("Already there: {0}", there.join(", "))] : []),
    ...(losses.length > 0 ? ["", vscode.l10n.t("This would be lost:"), ...shortened(losses)] : []),
    ...(notes.length > 0 ? ["", ...shortened(notes)] : []),
  ].join("\n");
  const question =
    losses.length > 0
      ? vscode.l10n.t("Not everything can be kept. Write all the same?")
      : vscode.l10n.t("Write {0} files beside the dataset?", targets.length);
  const chosen = await vscode.window.showInformationMessage(question, { modal: true, detail }, write, look);
  if (chosen === look) {
    for (const { name, text } of targets) {
      await vscode.window.showTextDocument(showText(name, text), { preview: false });
    }
    return;
  }
  if (chosen !== write) return;
  for (const { uri, text } of targets) await vscode.workspace.fs.writeFile(uri, Buffer.from(text));
  await vscode.window.showTextDocument(targets[0]!.uri);
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
