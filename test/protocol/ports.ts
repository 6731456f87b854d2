/** Two ports whose messages go to each other, cloned and later, as between a window's processes. */
import type { Port } from "../../src/protocol/channel.ts";

export interface TestPort extends Port {
  /** Hands a message to this side as if the other had sent it. */
  receive(message: unknown): void;
}

/** @param deliver what arrives of a message that was sent: nothing, itself, or something else and more */
export function linkedPorts(
  deliver: (message: unknown) => readonly unknown[] = (message) => [message],
): [TestPort, TestPort] {
  const a = port(() => b);
  const b = port(() => a);
  return [a, b];

  function port(other: () => TestPort): TestPort {
    let take: ((message: unknown) => void) | undefined;
    return {
      post(message) {
        for (const each of deliver(structuredClone(message))) queueMicrotask(() => other().receive(each));
      },
      listen(receive) {
        take = receive;
      },
      receive: (message) => take?.(message),
    };
  }
}
