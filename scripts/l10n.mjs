// Collects every text that is shown in the user's language into l10n/bundle.l10n.json, the template of translations:
// `l10n.t("…")` in the host, `t("…")` in the panels. `--check` only says whether the file is up to date.
// A text must stand in the call as it is: one that is put together cannot be translated.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./install.mjs";

const file = join(root, "l10n", "bundle.l10n.json");
const literal = /^\s*("(?:[^"\\]|\\.)*")/;

const texts = new Set();
const wrong = [];
for (const [folder, call] of [
  [join("src", "host"), /\bl10n\.t\(/g],
  ["webview", /(?<![\w.])t\(/g],
]) {
  for (const name of readdirSync(join(root, folder), { recursive: true }).sort()) {
    if (!name.endsWith(".ts") || name.startsWith("dev")) continue;
    const source = readFileSync(join(root, folder, name), "utf8");
    for (const found of source.matchAll(call)) {
      if (/function\s+$/.test(source.slice(0, found.index))) continue;
      const text = literal.exec(source.slice(found.index + found[0].length))?.[1];
      if (text) texts.add(JSON.parse(text));
      else wrong.push(`${join(folder, name)}:${source.slice(0, found.index).split("\n").length}`);
    }
  }
}
if (wrong.length > 0) {
  console.error(`These texts are no plain literals and cannot be translated: ${wrong.join(", ")}`);
  process.exit(1);
}
const bundle = Object.fromEntries([...texts].sort().map((text) => [text, text]));
const content = `${JSON.stringify(bundle, null, 2)}\n`;
if (!process.argv.includes("--check")) writeFileSync(file, content);
else if (readFileSync(file, "utf8") !== content) {
  console.error("l10n/bundle.l10n.json is not up to date: run `npm run l10n`.");
  process.exit(1);
}
