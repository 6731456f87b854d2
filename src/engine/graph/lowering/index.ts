/** The lowering tables, by device. A new device is one new file and one line here. */
import { cpu } from "./cpu.ts";
import type { Lowering } from "./lowering.ts";
import { webgpu } from "./webgpu.ts";

export const lowerings = { cpu, webgpu } satisfies Record<string, Lowering>;

export type Device = keyof typeof lowerings;
