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
  return {
    outline: ({ uri }) => outlineOf(file(uri).lint.document),
    folding: ({ uri }) => foldsOf(file(uri).lint.document),
    row: ({ uri, row }) => lineOfRow(file(uri).lint.document, row),
    hover: ({ uri, position }) => hoverAt(file(uri), position),
    complete: ({ uri, position }) => completionsAt(file(uri), position),
    label: ({ uri, position }) => labelAt(file(uri), position),
    renameLabel: ({ uri, position, name }) => renamedLabel(file(uri), position, name),
    preview: ({ uri, line }) => previewOf(file(uri), line),
    statistics: ({ uri }) => statisticsOf(file(uri)),
  };
}
