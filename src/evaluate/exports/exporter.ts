/** What an exporter is: one file in this folder, and a line in `index.ts`. */
import type { Comparison } from "../comparison.ts";
import type { Note } from "../notes.ts";
import type { TrainingCurves } from "../page/charts.ts";

/** What goes out with a comparison, where there is any. */
export interface ExportExtras {
  notes?: readonly Note[];
  training?: TrainingCurves;
}

export interface Exporter {
  id: string;
  /** For a list to choose from: "CSV, for spreadsheets". */
  title: string;
  /** Of the file's name, without a dot. */
  extension: string;
  /** The file's whole text. A comparison still under way gives what there is of it. */
  export(comparison: Comparison, extras: ExportExtras): string;
}
