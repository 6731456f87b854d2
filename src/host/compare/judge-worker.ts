/** The judge's thread: its directory comes as the worker's data. */
import { parentPort, workerData } from "node:worker_threads";
import { Channel } from "../../protocol/channel.ts";
import { judgeOf } from "./judge.ts";
import { judge, judgeHost, trusted } from "./judging.ts";

const port = parentPort!;
new Channel<typeof judge, typeof judgeHost>(
  {
    post: (message) => port.postMessage(message),
    listen: (receive) => port.on("message", receive),
  },
  { own: { contract: judge, check: trusted }, other: { contract: judgeHost, check: trusted } },
  judgeOf(String(workerData)),
);
