/** What the session answers. A new request is one new file and one line here (and its messages in contracts/session.ts). */
import type { Session } from "../../contracts/session.ts";
import type { Handlers } from "../../protocol/channel.ts";

export const handlers: Handlers<Session> = {
  estimate: async (params, asked) => (await import("./estimate.ts")).estimate(params, asked),
  outlook: async (params, asked) => (await import("./outlook.ts")).outlook(params, asked),
  hubModel: async (params, asked) => (await import("./hub.ts")).hubModel(params, asked),
  download: async (params, asked) => (await import("./hub.ts")).download(params, asked),
  chat: async (params, asked) => (await import("./chat.ts")).chat(params, asked),
};
