/** Entry of the lint worker: a thread of the extension host's process, so that linting never holds its event loop. */
import { parentPort } from "node:worker_threads";
import { type LintHostContract, lintHostContract, lintWorkerContract } from "../contracts/lint.ts";
import { Channel } from "../protocol/channel.ts";
import { Crew, threadHelper } from "./crew.ts";
import { LintService } from "./service.ts";

const port = parentPort!;
/** Both sides come from one build. */
const check = () => null;

const rowsProgram = new URL("./lint-rows.js", import.meta.url);
const crew = () => new Crew(() => threadHelper(rowsProgram));

const channel: Channel<typeof lintWorkerContract, LintHostContract> = new Channel(
  {
    post: (message) => port.postMessage(message),
    listen: (receive) => port.on("message", receive),
  },
  { own: { contract: lintWorkerContract, check }, other: { contract: lintHostContract, check } },
  new LintService((report) => channel.emit("report", report), crew).handlers,
);
