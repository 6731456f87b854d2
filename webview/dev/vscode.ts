/** VS Code around a page, made up: its theme as the address names it, and its API. To be loaded before the page. */
import type { Port } from "../../src/protocol/channel.ts";
import { type ThemeName, themes } from "./themes.ts";

export const query = new URLSearchParams(location.search);

/** Sets the theme, and gives the port of the host's channel. */
export function surround(background: "editor" | "sideBar"): Port {
  const theme = themes[(query.get("theme") ?? "dark") as ThemeName];
  document.body.className = theme.bodyClass;
  for (const [name, value] of Object.entries(theme.variables)) {
    document.documentElement.style.setProperty(`--vscode-${name}`, value);
  }
  // As VS Code's own style sheet has it.
  document.body.style.backgroundColor = `var(--vscode-${background}-background)`;
  let toHost: (message: unknown) => void = () => {};
  Object.assign(globalThis, {
    acquireVsCodeApi: () => ({
      postMessage: (message: unknown) => queueMicrotask(() => toHost(structuredClone(message))),
      getState: () => JSON.parse(sessionStorage.getItem("state") ?? "null"),
      setState: (state: unknown) => sessionStorage.setItem("state", JSON.stringify(state)),
    }),
  });
  return {
    post: (message) => postMessage(message, "*"),
    listen: (receive) => {
      toHost = receive;
    },
  };
}
