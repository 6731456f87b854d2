/** Checks of a contract's messages by ajv, for Node. A panel gets the same checks compiled at build time instead: its content policy forbids code made from text (scripts/panel-checks.mjs). */
import { Ajv } from "ajv";
import type { Check, Contract } from "./channel.ts";

const ajv = new Ajv({ strict: false, allErrors: false });

/** Each schema is compiled when its first message comes. */
export function checkOf(contract: Contract): Check {
  const schemas = schemasOf(contract);
  return (path, value) => {
    const schema = schemas.get(path);
    if (!schema) return `${contract.name} has no ${path}`;
    const validate = ajv.compile(schema);
    return validate(value) ? null : ajv.errorsText(validate.errors, { dataVar: "it" });
  };
}

/** Every schema of a contract by its path. */
export function schemasOf(contract: Contract): Map<string, object> {
  const schemas = new Map<string, object>();
  for (const [name, request] of Object.entries(contract.requests)) {
    for (const [part, schema] of Object.entries(request)) schemas.set(`requests/${name}/${part}`, schema);
  }
  for (const [name, schema] of Object.entries(contract.events)) schemas.set(`events/${name}`, schema);
  return schemas;
}
