/**
 * What SARIF 2.1.0 (OASIS standard, sections 3.13 to 3.59) asks of the parts of a log that we write: required
 * properties, types and ranges, and no property beside. Strict where the official schema leaves room.
 */
const text = { type: "string", minLength: 1 };
const object = (properties: Record<string, object>, required: string[]) => ({
  type: "object",
  properties,
  required,
  additionalProperties: false,
});
const list = (items: object) => ({ type: "array", items });
const message = object({ text }, ["text"]);
const place = { type: "integer", minimum: 1 };
const artifactLocation = object(
  { uri: { type: "string", format: "uri-reference" }, uriBaseId: { const: "SRCROOT" } },
  ["uri"],
);
const physicalLocation = object(
  {
    artifactLocation,
    region: object({ startLine: place, startColumn: place, endLine: place, endColumn: place }, [
      "startLine",
      "startColumn",
      "endLine",
      "endColumn",
    ]),
  },
  ["artifactLocation"],
);
const location = object({ physicalLocation, message }, ["physicalLocation"]);
const level = { enum: ["none", "note", "warning", "error"] };

const rule = object(
  {
    id: text,
    shortDescription: message,
    fullDescription: message,
    helpUri: { type: "string", format: "uri" },
    defaultConfiguration: object({ level, enabled: { type: "boolean" } }, ["level", "enabled"]),
  },
  ["id"],
);
const notification = object({ level, message, locations: list(location) }, ["message"]);
const result = object(
  {
    ruleId: text,
    ruleIndex: { type: "integer", minimum: 0 },
    level,
    message,
    locations: { ...list(location), minItems: 1 },
    relatedLocations: list(location),
    partialFingerprints: { type: "object", additionalProperties: text },
  },
  ["ruleId", "message", "locations"],
);
const run = object(
  {
    tool: object({ driver: object({ name: text, rules: { ...list(rule), uniqueItems: true } }, ["name"]) }, [
      "driver",
    ]),
    columnKind: { enum: ["utf16CodeUnits", "unicodeCodePoints"] },
    invocations: list(
      object({ executionSuccessful: { type: "boolean" }, toolExecutionNotifications: list(notification) }, [
        "executionSuccessful",
      ]),
    ),
    originalUriBaseIds: object(
      { SRCROOT: object({ uri: { type: "string", pattern: "^file:///.*/$" } }, ["uri"]) },
      ["SRCROOT"],
    ),
    results: list(result),
  },
  ["tool"],
);

export const sarifSchema = object(
  { $schema: { type: "string", format: "uri" }, version: { const: "2.1.0" }, runs: list(run) },
  ["version", "runs"],
);
