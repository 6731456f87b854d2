/** The tools. A new one is a file here, a line below, and an entry of the manifest. */
import { compare } from "./compare.ts";
import { estimate } from "./estimate.ts";
import { lint } from "./lint.ts";
import { start } from "./start.ts";
import { status } from "./status.ts";
import type { Tool } from "./tool.ts";

/** Each takes input of its own, which is checked before it gets there. */
export const agentTools = [lint, estimate, start, status, compare] as unknown as readonly Tool[];
