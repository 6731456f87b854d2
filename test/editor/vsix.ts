/**
 * The extension as it ships to this machine. Packaged once for the sources that it is made of, so that the test files of a
 * run, and the next run, share it. TUNESMITH_VSIX names another one.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");
const cache = join(root, "node_modules", ".cache", "tunesmith-vsix");
const dayMs = 24 * 3600_000;

export function packagedExtension(): string {
  if (process.env.TUNESMITH_VSIX) return process.env.TUNESMITH_VSIX;
  const folder = join(cache, hashOfSources());
  if (!existsSync(folder)) {
    for (const old of foldersOlderThan(dayMs)) rmSync(old, { recursive: true, force: true });
    const fresh = `${folder}.${process.pid}`;
    mkdirSync(fresh, { recursive: true });
    const program = [join(root, "scripts", "package.mjs"), "--target", "current", "--out", fresh];
    execFileSync(process.execPath, program, { stdio: ["ignore", "ignore", "inherit"] });
    // Another test file may have been as fast.
    if (!existsSync(folder)) renameSync(fresh, folder);
  }
  return join(folder, readdirSync(folder).find((name) => name.endsWith(".vsix"))!);
}

function hashOfSources(): string {
  const parts = ["package.json", "package-lock.json", ".vscodeignore", "README.md", "CHANGELOG.md"];
  const folders = ["src", "webview", "scripts", "assets", "docs/rules", "media", "l10n", "syntaxes"];
  const nls = readdirSync(root).filter((name) => name.startsWith("package.nls"));
  const files = folders.filter((folder) => existsSync(join(root, folder))).flatMap(filesBelow);
  const hash = createHash("sha256");
  for (const file of [...parts, ...nls, ...files].sort())
    hash.update(`${file}\0`).update(readFileSync(join(root, file)));
  return hash.digest("hex").slice(0, 16);
}

function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((name) => statSync(join(root, name)).isFile());
}

function foldersOlderThan(ms: number): string[] {
  if (!existsSync(cache)) return [];
  const all = readdirSync(cache).map((name) => join(cache, name));
  return all.filter((path) => Date.now() - statSync(path).mtimeMs > ms);
}
