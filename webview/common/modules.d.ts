/** What esbuild makes of imports that are no TypeScript: style sheets, and the compiled checks of the messages. */
declare module "*.css";

declare module "tunesmith:checks/monitor" {
  export const own: import("../../src/protocol/channel.ts").Check;
  export const other: import("../../src/protocol/channel.ts").Check;
}

declare module "tunesmith:checks/compare" {
  export const own: import("../../src/protocol/channel.ts").Check;
  export const other: import("../../src/protocol/channel.ts").Check;
}

declare module "tunesmith:checks/preview" {
  export const own: import("../../src/protocol/channel.ts").Check;
  export const other: import("../../src/protocol/channel.ts").Check;
}

declare module "tunesmith:checks/statistics" {
  export const own: import("../../src/protocol/channel.ts").Check;
  export const other: import("../../src/protocol/channel.ts").Check;
}
