/** The lint rules. A new one is a file here and a line below, in the order in which problems of one place are told. */
import { duplicateRow } from "./duplicate-row.ts";
import { jsonParse } from "./json-parse.ts";
import type { Rule } from "./rule.ts";
import { unknownRole } from "./unknown-role.ts";

export const rules: readonly Rule[] = [jsonParse, unknownRole, duplicateRow];
