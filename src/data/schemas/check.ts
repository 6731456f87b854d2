/**
 * What a format's schema finds in a record, in the words of the rules: keys that are missing, unknown or in the wrong
 * case, values of the wrong type. Checked once a record, for all of them.
 */
import type { ErrorObject } from "ajv/dist/2020.js";
import { isJsonObject } from "../../json/object.ts";
import type { Schema } from "../../protocol/schema-parts.ts";
import { editDistance } from "../../protocol/suggest.ts";
import { type DataRecord, type Format, field } from "../formats/format.ts";
import { formats } from "../formats/index.ts";
import { labelNames, textNames } from "../formats/two-column.ts";
import type { Path } from "../parts.ts";
import type { Context, RecordView } from "../rules/rule.ts";
import { schemaErrors, schemaOf, unknownKeys } from "./index.ts";
import { isData, isNear, meantBy, type Properties } from "./meant.ts";

export interface SchemaFindings {
  /** The format that the record is judged by. */
  format: Format | undefined;
  /** It is a record of this other format. */
  other: Format | undefined;
  /** `at` is the object that lacks it; `spelled` a key there that most likely means it; others would do, too. */
  missing: readonly { at: Path; key: string; spelled: string | undefined; others?: readonly string[] }[];
  /** A key that has to be there, and is null. */
  empty: readonly { at: Path; key: string }[];
  unknown: readonly { at: Path; key: string; meant: string | undefined }[];
  /** Known, but for the case of its letters. */
  cased: readonly { at: Path; key: string; to: string }[];
  types: readonly { at: Path; value: unknown; allowed: readonly string[]; isText: boolean }[];
}

const sound: SchemaFindings = {
  format: undefined,
  other: undefined,
  missing: [],
  empty: [],
  unknown: [],
  cased: [],
  types: [],
};

/** Rules look at one record after another, each at the same: the last is enough. */
let last: { view: RecordView; format: Format | undefined; found: SchemaFindings } | undefined;

export function schemaFindings(view: RecordView, { format }: Context): SchemaFindings {
  if (last?.view === view && last.format === format) return last.found;
  const found = find(view, format);
  last = { view, format, found };
  return found;
}

function find({ record, container, format: own }: RecordView, ofFile: Format | undefined): SchemaFindings {
  // All records of a table have the header's keys, and texts as values.
  if (!record || container === "table" || container === "documents") return sound;
  const cased = ofFile === undefined || own?.name === "two-column" ? keysInCase(record, own) : undefined;
  if (cased) return { ...sound, format: own, cased };
  const judged = ofFile ?? own;
  if (!judged) return sound;
  if (own && own !== judged && !isPartOf(record, judged)) return { ...sound, format: judged, other: own };
  if (judged.name === "two-column") return twoColumnFindings(record, judged);
  const unknown = unknownKeys(judged, record);
  if (unknown === undefined) return sorted(record, judged, schemaErrors(judged, record));
  if (unknown.length === 0) return sound;
  const owner = {
    at: [],
    schema: schemaOf(judged),
    value: record,
    missing: [],
    others: [],
    unknown: [...unknown],
  };
  return { ...sound, format: judged, ...named(owner) };
}

/** Whether a record that another format knows is rather one of this with something missing: it has no other keys. */
function isPartOf(record: DataRecord, format: Format): boolean {
  const { properties = {}, required = [], anyOf = [] } = schemaOf(format);
  const keys = Object.keys(record);
  const needed = new Set([...required, ...anyOf.flatMap((each) => each.required ?? [])]);
  const has = (key: string) => Object.hasOwn(properties, key);
  return keys.every(has) && (needed.size === 0 || keys.some((key) => needed.has(key)));
}

const upper = /[A-Z]/;

/** Keys which, in lower case, make a record that a format knows better. */
function keysInCase(record: DataRecord, own: Format | undefined): SchemaFindings["cased"] | undefined {
  const keys = Object.keys(record);
  const written = keys.filter((key) => upper.test(key));
  if (written.length === 0) return undefined;
  const lower = Object.fromEntries(keys.map((key) => [key.toLowerCase(), record[key]]));
  if (Object.keys(lower).length < keys.length) return undefined;
  const best = formats.reduce((a, b) => (b.recognise(lower) > a.recognise(lower) ? b : a));
  if (best.recognise(lower) <= (own?.recognise(record) ?? 0)) return undefined;
  const { properties = {} } = schemaOf(best);
  const known = written.filter((key) => isData(key.toLowerCase(), properties));
  return known.map((key) => ({ at: [], key, to: key.toLowerCase() }));
}

/** Its columns have any name, so no schema says which of them is missing. */
function twoColumnFindings(record: DataRecord, format: Format): SchemaFindings {
  const { properties = {} } = schemaOf(format);
  if (format.recognise(record) > 0) {
    const slip = slippedLabel(record, properties);
    return slip ? { ...sound, format, missing: [slip] } : sound;
  }
  const errors = schemaErrors(format, record);
  if (errors.length > 0) return sorted(record, format, errors);
  const name = Object.keys(properties).find((key) => field(record, key) !== undefined);
  if (name === undefined) return sound;
  const key = labelNames.includes(name) ? "text" : "label";
  const spelled = Object.keys(record).find((other) => other !== name && isNear(other, key));
  return { ...sound, format, missing: [{ at: [], key, spelled }] };
}

/** A text with two letters of "label" swapped beside it, or one of them mistyped: read, but only by its place. */
function slippedLabel(
  record: DataRecord,
  properties: Properties,
): SchemaFindings["missing"][number] | undefined {
  const keys = Object.keys(record);
  if (keys.length !== 2 || keys.every((key) => Object.hasOwn(properties, key))) return undefined;
  const [text, label] = textNames.includes(keys[0]!) ? keys : [keys[1]!, keys[0]!];
  if (!textNames.includes(text!)) return undefined;
  const key = labelNames.find(
    (name) => name.length >= 5 && name.length === label!.length && editDistance(name, label!) === 1,
  );
  return key === undefined ? undefined : { at: [], key, spelled: label };
}

interface Owner {
  at: Path;
  schema: Schema;
  value: DataRecord;
  missing: string[];
  /** Instead of the one that is missing. */
  others: string[];
  unknown: string[];
}

function sorted(record: DataRecord, format: Format, errors: readonly ErrorObject[]): SchemaFindings {
  const owners = new Map<string, Owner>();
  const types: SchemaFindings["types"][number][] = [];
  const empty: SchemaFindings["empty"][number][] = [];
  for (const error of errors) {
    const { instancePath, keyword, params, schemaPath } = error;
    // Calls and declarations of tools have rules of their own.
    if (/\/(tools|tool_calls|function_call)\b/.test(instancePath)) continue;
    if (schemaPath.includes("/anyOf/")) continue;
    if (keyword === "type") {
      const at = pathOf(record, instancePath);
      if (error.data === null) empty.push({ at: at.slice(0, -1), key: String(at.at(-1)) });
      else types.push(typeFinding(at, error));
      continue;
    }
    if (keyword !== "required" && keyword !== "additionalProperties" && keyword !== "anyOf") continue;
    const owner = ownerOf(owners, record, error);
    if (keyword === "required") owner.missing.push(String(params.missingProperty));
    else if (keyword === "anyOf") addMissing(owner);
    else owner.unknown.push(String(params.additionalProperty));
  }
  const found = [...owners.values()].map(named);
  return {
    format,
    other: undefined,
    missing: found.flatMap(({ missing }) => missing),
    unknown: found.flatMap(({ unknown }) => unknown),
    cased: found.flatMap(({ cased }) => cased),
    empty,
    types,
  };
}

function ownerOf(owners: Map<string, Owner>, record: DataRecord, error: ErrorObject): Owner {
  const known = owners.get(error.instancePath);
  if (known) return known;
  const made: Owner = {
    at: pathOf(record, error.instancePath),
    schema: error.parentSchema as Schema,
    value: error.data as DataRecord,
    missing: [],
    others: [],
    unknown: [],
  };
  owners.set(error.instancePath, made);
  return made;
}

/** Of the keys that would do, those of the set that is nearest to being complete. */
function addMissing({ schema, value, missing, others }: Owner): void {
  const isThere = (key: string) => field(value, key) !== undefined;
  const sets = (schema.anyOf ?? []).map(({ required = [] }) => required);
  const lacking = sets.map((required) => required.filter((key) => !isThere(key)));
  const unknown = Object.keys(value).filter((key) => !Object.hasOwn(schema.properties ?? {}, key));
  const cost = (keys: readonly string[]) =>
    keys.reduce((sum, key) => sum + (unknown.some((name) => isNear(name, key)) ? 0.5 : 1), 0);
  const costs = lacking.map(cost);
  const least = Math.min(...costs);
  const best = costs.indexOf(least);
  missing.push(...(lacking[best] ?? []));
  if (lacking[best]?.length !== 1 || sets[best]!.length === 1) return;
  // A question can be answered under several names.
  const equal = lacking.filter((_, i) => i > best && costs[i] === least && sets[i]!.some(isThere));
  others.push(...new Set(equal.flat().filter((key) => !missing.includes(key))));
}

type Named = Pick<SchemaFindings, "missing" | "unknown" | "cased">;

/** Brings unknown keys together with those that are missing. */
function named({ at, schema, value, missing, others, unknown }: Owner): Named {
  const properties = schema.properties ?? {};
  const cased = unknown
    .map((key) => ({ at, key, to: key.toLowerCase() }))
    .filter(({ to }) => isData(to, properties) && field(value, to) === undefined);
  const left = unknown.filter((key) => cased.every((each) => each.key !== key));
  const lacking = missing
    .filter((key) => cased.every(({ to }) => to !== key))
    .map((key) => {
      const spelled = left.find((name) => isNear(name, key));
      if (spelled !== undefined) left.splice(left.indexOf(spelled), 1);
      return { at, key, spelled, ...(others.length > 0 && spelled === undefined && { others }) };
    });
  return {
    cased,
    missing: lacking,
    unknown: left.map((key) => ({ at, key, meant: meantBy(key, schema, value) })),
  };
}

/** Texts that name something rather than say it. */
const names = new Set(["from", "name", "id", "tool_call_id", "type", "schemaVersion", "slot"]);

function typeFinding(at: Path, { data, schema }: ErrorObject): SchemaFindings["types"][number] {
  const allowed = [schema].flat() as string[];
  const isText = allowed.includes("string") && !names.has(String(at.at(-1)));
  return { at, value: data, allowed, isText };
}

/** A JSON pointer as a path: whether a step is a position, the record says. */
function pathOf(record: DataRecord, pointer: string): Path {
  let value: unknown = record;
  return pointer
    .split("/")
    .slice(1)
    .map((part) => {
      const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
      const step = Array.isArray(value) ? Number(name) : name;
      value = Array.isArray(value)
        ? value[Number(name)]
        : isJsonObject(value)
          ? field(value, name)
          : undefined;
      return step;
    });
}
