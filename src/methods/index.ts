/** The tuning methods. A new one is one file beside this one, and one line in the list. */
import type { DecoderConfig } from "../architectures/config.ts";
import { TunesmithError } from "../protocol/errors.ts";
import { full } from "./full.ts";
import { lora } from "./lora.ts";
import type { Adapter, Method, TuningMethod } from "./method.ts";

export const methods = { lora, full };

export type MethodName = keyof typeof methods;

/** The settings of any method, told apart by `name`: a recipe's `method`. */
export type MethodSettings = Parameters<(typeof methods)[MethodName]["complete"]>[0];

export const defaultMethod: MethodName = "lora";

/** The method that settings name. */
export function tuningMethod(name: MethodName): TuningMethod<MethodSettings> {
  return methods[name] as unknown as TuningMethod<MethodSettings>;
}

export function createMethod(settings: MethodSettings): Method {
  return tuningMethod(settings.name).create(settings);
}

/** The settings of the default method when a recipe names none of them. */
export function defaultSettings(): MethodSettings {
  const { schema, complete } = tuningMethod(defaultMethod);
  const given = Object.entries(schema.properties ?? {}).flatMap(([key, { default: value }]) =>
    value === undefined ? [] : [[key, value]],
  );
  return complete({ ...Object.fromEntries(given), name: defaultMethod });
}

/** Opens an adapter folder. @throws `adapter-invalid` and what the method's reader throws */
export async function openAdapter(folder: string, config: DecoderConfig): Promise<Adapter> {
  for (const { open } of Object.values(methods) as TuningMethod<MethodSettings>[]) {
    const adapter = await open?.(folder, config);
    if (adapter) return adapter;
  }
  throw new TunesmithError(
    "adapter-invalid",
    `${folder} holds no adapter that Tunesmith can read`,
    `Adapters are folders as PEFT saves them; methods are ${Object.keys(methods).join(", ")}.`,
  );
}
