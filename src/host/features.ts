/** The extension's parts. A new one is one new folder and one line here. */
import { agents } from "./agents/index.ts";
import { compare } from "./compare/index.ts";
import type { Feature } from "./host.ts";
import { lint } from "./lint/index.ts";
import { monitor } from "./monitor/index.ts";
import { start } from "./start/index.ts";
import { tasks } from "./tasks.ts";

export const features: readonly Feature[] = [monitor, lint, start, tasks, compare, agents];
