/**
 * The session process: a child of the editor's window that answers what needs a tokenizer or a model at once (estimates,
 * chat). It talks over IPC, loads the engine with the first request that needs it, and ends with its window.
 */

import { session, sessionHost } from "../contracts/session.ts";
import { Channel, type Port } from "../protocol/channel.ts";
import { checkOf } from "../protocol/checks.ts";
import { handlers } from "./session/index.ts";

const port: Port = {
  post: (message) => process.send?.(message),
  listen: (receive) => process.on("message", receive),
};
new Channel<typeof session, typeof sessionHost>(
  port,
  {
    own: { contract: session, check: checkOf(session) },
    other: { contract: sessionHost, check: checkOf(sessionHost) },
  },
  handlers,
  (problem) => console.error(problem),
);
process.on("disconnect", () => process.exit());
