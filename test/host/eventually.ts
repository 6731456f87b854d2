/** Waits for something that other parts bring about. */
import { setTimeout as sleep } from "node:timers/promises";

export async function eventually(what: string, holds: () => boolean, limitMs = 15_000): Promise<void> {
  for (const deadline = Date.now() + limitMs; !holds(); await sleep(10)) {
    if (Date.now() > deadline) throw new Error(`never ${what}`);
  }
}
