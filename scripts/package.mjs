// Packages the extension for each platform: `npm run package [-- --target linux-x64 …] [--out folder]`, or
// `--target current` for this machine's alone. Writes dist/tunesmith-<target>-<version>.vsix.
//
// What ships is staged in a folder of its own: the bundles, the files of `shipped`, and of node_modules only the packages
// with native code, with only the target's binaries. `.vscodeignore` has the last word: it names what may go in.
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative, resolve, sep } from "node:path";
import { parseArgs } from "node:util";
import { installVsce } from "../test/peers/install.mjs";
import { ensureInstalled, root } from "./install.mjs";

/** The platforms that every native package has a binary for (ONNX Runtime has none for Intel Macs); the tokenizer's name. */
const targets = {
  "linux-x64": "linux-x64-gnu",
  "linux-arm64": "linux-arm64-gnu",
  "win32-x64": "win32-x64-msvc",
  "win32-arm64": "win32-arm64-msvc",
  "darwin-arm64": "darwin-arm64",
};

const shipped =
  /^(README\.md|CHANGELOG\.md|LICENSE|\.vscodeignore|package\.nls.*\.json|assets|docs|l10n|media|syntaxes)$/;

/** The packages that stay outside the bundles, and which files a target needs of each. */
const natives = {
  "onnxruntime-node": (target) => [
    /^(package\.json|dist\/\w+\.js)$/,
    // Everything is needed: the binding refuses to start without DirectML.dll, WebGPU compiles its shaders by dxcompiler
    // and dxil. Only the Mac's library lies there twice; the binding asks for the short name.
    new RegExp(`^bin/napi-v6/${target.replace("-", "/")}/(?!libonnxruntime\\.\\d+\\.\\d+\\.\\d+\\.dylib)`),
  ],
  "onnxruntime-common": () => [/^(package\.json|dist\/cjs\/[\w-]+\.js(on)?)$/],
  tokenizers: (target) => [
    /^(package\.json|index\.js|LICENSE)$/,
    exactly(`tokenizers.${targets[target]}.node`),
  ],
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    target: { type: "string", multiple: true, default: [] },
    out: { type: "string", default: "dist" },
  },
});
const wanted = [...values.target, ...positionals].map((target) =>
  target === "current" ? `${process.platform}-${process.arch}` : target,
);
const unknown = wanted.find((target) => !(target in targets));
if (unknown) {
  console.error(`cannot package for "${unknown}"; one of ${Object.keys(targets).join(", ")}, current`);
  process.exit(1);
}

ensureInstalled();
const vsce = installVsce();
const stage = mkdtempSync(join(tmpdir(), "tunesmith-package-"));
try {
  const out = resolve(values.out);
  mkdirSync(out, { recursive: true });
  const { version, repository } = stageCommon();
  for (const target of wanted.length > 0 ? wanted : Object.keys(targets)) {
    stageNatives(target);
    const file = join(out, `tunesmith-${target}-${version}.vsix`);
    // Without a repository there is nothing that the README's links could point to.
    const links = repository ? [] : ["--no-rewrite-relative-links", "--allow-missing-repository"];
    run(...vsce, "package", "--no-yarn", "--target", target, "--out", file, ...links);
    console.log(`${relative(process.cwd(), file)}  ${(statSync(file).size / 1e6).toFixed(1)} MB`);
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(stage, { recursive: true, force: true });
}

/** What is the same for all targets. @returns the manifest */
function stageCommon() {
  for (const name of readdirSync(root).filter((name) => shipped.test(name)))
    cpSync(join(root, name), join(stage, name), { recursive: true });

  const manifest = readPackage(root);
  for (const ours of ["private", "bin", "scripts", "devDependencies"]) delete manifest[ours];
  // vsce packs the dependencies that npm finds: those that are not in the bundles.
  manifest.dependencies = Object.fromEntries(
    Object.keys(natives).map((name) => [name, readPackage(join(root, "node_modules", name)).version]),
  );
  writePackage(stage, manifest);

  run(process.execPath, join(root, "scripts", "build.mjs"), relative(root, join(stage, "dist")));
  writeFileSync(join(stage, "THIRD-PARTY-NOTICES.txt"), notices());
  return manifest;
}

function stageNatives(target) {
  rmSync(join(stage, "node_modules"), { recursive: true, force: true });
  for (const [name, needed] of Object.entries(natives)) {
    const from = join(root, "node_modules", name);
    const to = join(stage, "node_modules", name);
    const files = filesBelow(from).filter((file) => needed(target).some((pattern) => pattern.test(file)));
    for (const file of files) cpSync(join(from, file), join(to, file));
    // Its other dependencies are for its install script, which fetches CUDA's libraries.
    const manifest = readPackage(from);
    const dependencies = Object.entries(manifest.dependencies ?? {}).filter(([name]) => name in natives);
    writePackage(to, { ...manifest, scripts: {}, dependencies: Object.fromEntries(dependencies) });
  }
}

/** The licences of what is shipped: the native packages, and whatever the bundles' source maps say went into them. */
function notices() {
  const maps = filesBelow(join(stage, "dist")).filter((file) => file.endsWith(".map"));
  const sources = maps.flatMap((map) => JSON.parse(readFileSync(join(stage, "dist", map), "utf8")).sources);
  const bundled = sources.map((source) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(source)?.[1]);
  const names = new Set([...bundled, ...Object.keys(natives), "@vscode/codicons"].filter(Boolean));
  return [...names]
    .sort()
    .map(notice)
    .join(`\n${"-".repeat(80)}\n\n`);
}

function notice(name) {
  const folder = join(root, "node_modules", name);
  if (!existsSync(folder)) return `${name}\n`;
  const { version, license, repository } = readPackage(folder);
  const texts = readdirSync(folder)
    .filter((file) => /^(licen[cs]e|copying|notice)/i.test(file))
    .map((file) => readFileSync(join(folder, file), "utf8"));
  const from = repository?.url ?? repository ?? "";
  return [`${name} ${version} (${license}) ${from}`, ...texts].join("\n\n");
}

function run(command, ...args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: stage, encoding: "utf8" });
  if (status !== 0) throw new Error(`${basename(args[0])} failed: ${error?.message ?? stdout + stderr}`);
}

function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"));
}

function exactly(name) {
  return new RegExp(`^${name.replaceAll(".", "\\.")}$`);
}

function readPackage(folder) {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}

function writePackage(folder, content) {
  writeFileSync(join(folder, "package.json"), JSON.stringify(content, null, 2));
}
