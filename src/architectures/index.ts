/** The architectures Tunesmith knows. A new one is one new file and one line here. */
import type { Architecture } from "./architecture.ts";
import { llama } from "./llama.ts";
import { mistral } from "./mistral.ts";
import { qwen2 } from "./qwen2.ts";
import { qwen3 } from "./qwen3.ts";

export const architectures: readonly Architecture[] = [llama, mistral, qwen2, qwen3];
