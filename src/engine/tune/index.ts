/**
 * The tuning methods. A new one is one file here and one line in each of these lists (its settings, which the editor
 * needs without the engine, are in `src/runs/methods`).
 */
import type { DecoderConfig } from "../model/config.ts";
import { full } from "./full.ts";
import { type LoraSettings, lora, openLora } from "./lora.ts";
import type { Adapter, Method } from "./method.ts";

export type MethodSettings = ({ name: "lora" } & LoraSettings) | { name: "full" };

const methods = { lora, full } satisfies {
  [K in MethodSettings["name"]]: (settings: Extract<MethodSettings, { name: K }>) => Method;
};

export function createMethod(settings: MethodSettings): Method {
  const create = methods[settings.name] as (settings: MethodSettings) => Method;
  return create(settings);
}

/** Opens an adapter folder. @throws `adapter-invalid` and what the method's reader throws */
export function openAdapter(folder: string, config: DecoderConfig): Promise<Adapter> {
  return openLora(folder, config);
}
