/** The forms in which a terminal's lint is told. A new one is a file here and a line below. */
import type { FileResult } from "../run.ts";
import { github } from "./github.ts";
import { json } from "./json.ts";
import { pretty } from "./pretty.ts";
import { sarif } from "./sarif.ts";

/** @param folder paths are told relative to it */
export type Report = (results: readonly FileResult[], folder: string, colours: boolean) => string;

export const reports: Readonly<Record<string, Report>> = { pretty, json, sarif, github };
