/** What an editor asks about an open file, beside its problems. */
import type { LintWorkerContract } from "../../contracts/lint.ts";
import type { Handlers } from "../../protocol/channel.ts";
import type { OpenFile } from "../open-file.ts";
import { completionsAt } from "./completion.ts";
import { hoverAt } from "./hover.ts";
import { labelAt, renamedLabel } from "./labels.ts";
import { foldsOf, lineOfRow, outlineOf } from "./outline.ts";
import { previewOf } from "./preview.ts";
import { statisticsOf } from "./statistics.ts";

type Asked =
  | "outline"
  | "folding"
  | "row"
  | "hover"
  | "complete"
  | "label"
  | "renameLabel"
  | "preview"
  | "statistics";

export function editorHandlers(file: (uri: string) => OpenFile): Pick<Handlers<LintWorkerContract>, Asked> {
  /** A log or a configuration is left alone. */
  const ifDataset = <T>(uri: string, answer: (file: OpenFile) => T, otherwise: T): T => {
    const asked = file(uri);
    return asked.isDataset ? answer(asked) : otherwise;
  };
  return {
    outline: ({ uri }) => ifDataset(uri, ({ lint }) => outlineOf(lint.document), []),
    folding: ({ uri }) => ifDataset(uri, ({ lint }) => foldsOf(lint.document), []),
    row: ({ uri, row }) => lineOfRow(file(uri).lint.document, row),
    hover: ({ uri, position }) => hoverAt(file(uri), position),
    complete: ({ uri, position }) => ifDataset(uri, (asked) => completionsAt(asked, position), []),
    label: ({ uri, position }) => ifDataset(uri, (asked) => labelAt(asked, position), null),
    renameLabel: ({ uri, position, name }) =>
      ifDataset(uri, (asked) => renamedLabel(asked, position, name), []),
    preview: ({ uri, line }) => previewOf(file(uri), line),
    statistics: ({ uri }) => statisticsOf(file(uri)),
  };
}
