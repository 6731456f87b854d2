/** The forms in which a comparison leaves: a new one is a file here, and a line below. */
import { csv } from "./csv.ts";
import type { Exporter } from "./exporter.ts";
import { htmlPage } from "./html.ts";
import { jsonl } from "./jsonl.ts";
import { markdown } from "./markdown.ts";

export const exporters: readonly Exporter[] = [htmlPage, csv, jsonl, markdown];
