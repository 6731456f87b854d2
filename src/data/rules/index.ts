/** The lint rules. A new one is a file here and a line below, in the order in which problems of one place are told. */
import { ambiguousFormat } from "./ambiguous-format.ts";
import { duplicateRow } from "./duplicate-row.ts";
import { inconsistentType } from "./inconsistent-type.ts";
import { invalidLabel } from "./invalid-label.ts";
import { invalidWeight } from "./invalid-weight.ts";
import { jsonParse } from "./json-parse.ts";
import { keyCase } from "./key-case.ts";
import { missingRequiredKey } from "./missing-required-key.ts";
import { mixedFormats } from "./mixed-formats.ts";
import { nonStringContent } from "./non-string-content.ts";
import type { Rule } from "./rule.ts";
import { unknownFormat } from "./unknown-format.ts";
import { unknownKey } from "./unknown-key.ts";
import { unknownRole } from "./unknown-role.ts";
import { unreadableRecord } from "./unreadable-record.ts";

export const rules: readonly Rule[] = [
  jsonParse,
  unknownFormat,
  mixedFormats,
  ambiguousFormat,
  missingRequiredKey,
  unknownKey,
  keyCase,
  inconsistentType,
  nonStringContent,
  invalidWeight,
  invalidLabel,
  unreadableRecord,
  unknownRole,
  duplicateRow,
];
