/** code-server, which is VS Code for a browser, as a process with a home folder of its own. */
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { eventually } from "./eventually.ts";

export const codeServer = process.env.TUNESMITH_CODE_SERVER;

/** Why a test has to be skipped, or `false`. */
export const withoutCodeServer =
  codeServer === undefined && "TUNESMITH_CODE_SERVER does not name code-server (VS Code in a browser)";

export interface ServerOptions {
  /** Extensions to install, as packages. */
  extensions: readonly string[];
  settings: object;
  /** Whether workspaces are trusted without asking, as `--disable-workspace-trust` does. */
  trusted: boolean;
  environment?: NodeJS.ProcessEnv;
}

export interface Server {
  address: string;
  /** Ends it and whatever it started, detached jobs too. */
  stop(): Promise<unknown>;
}

export async function startServer(home: string, options: ServerOptions): Promise<Server> {
  mkdirSync(join(home, "data", "User"), { recursive: true });
  writeFileSync(join(home, "data", "User", "settings.json"), JSON.stringify(options.settings, null, 2));
  writeFileSync(join(home, "config.yaml"), "");
  const folders = [
    "--extensions-dir",
    "extensions",
    "--user-data-dir",
    "data",
    "--config",
    "config.yaml",
  ].map((word) => (word.startsWith("--") ? word : join(home, word)));
  const env = { ...inherited(), HOME: home, ...options.environment };

  const installs = options.extensions.flatMap((vsix) => ["--install-extension", vsix]);
  const installed = spawnSync(codeServer!, [...folders, ...installs], { env, encoding: "utf8" });
  if (installed.status !== 0) throw new Error(`${installed.stdout}${installed.stderr}`);

  const quiet = ["--auth", "none", "--disable-telemetry", "--disable-update-check"];
  if (options.trusted) quiet.push("--disable-workspace-trust");
  const server = spawn(codeServer!, [...quiet, ...folders, "--bind-addr", "127.0.0.1:0"], {
    env,
    cwd: home,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const said: string[] = [];
  server.stderr.on("data", (text) => said.push(String(text)));
  for await (const line of createInterface(server.stdout)) {
    said.push(line);
    const address = /listening on (http:\S+?)\/?$/.exec(line)?.[1];
    if (!address) continue;
    // Nobody reads on; a full pipe would stop it.
    server.stdout.resume();
    return {
      address,
      stop() {
        kill(-server.pid!);
        return stopProcessesOf(home);
      },
    };
  }
  throw new Error(`code-server ended:\n${said.join("\n")}`);
}

/** Ends every process that names the folder in its command line. */
function stopProcessesOf(home: string): Promise<unknown> {
  return eventually(`the processes of ${home} end`, () => {
    const { stdout } = spawnSync("ps", ["-eo", "pid=,args="], { encoding: "utf8", maxBuffer: 2 ** 26 });
    const left = stdout.split("\n").filter((line) => line.includes(home));
    for (const line of left) kill(Number.parseInt(line, 10));
    return left.length === 0;
  });
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has just ended.
  }
}

/** Without what an editor around us, or the test runner, has set: code-server would open its folder over there. */
function inherited(): NodeJS.ProcessEnv {
  const ours = Object.entries(process.env).filter(([name]) => !/^(VSCODE|ELECTRON|NODE|XDG)_/.test(name));
  return Object.fromEntries(ours);
}
