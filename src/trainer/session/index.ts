/** What the session answers. A new request is one new file and one line here (and its messages in contracts/session.ts). */
import type { Session } from "../../contracts/session.ts";
import type { Handlers } from "../../protocol/channel.ts";

export const handlers: Handlers<Session> = {
  estimate: async (params, asked) => (await import("./estimate.ts")).estimate(params, asked),
  chat: async (params, asked) => (await import("./chat.ts")).chat(params, asked),
};
