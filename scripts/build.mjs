// Bundles everything that runs: `node scripts/build.mjs [folder]`, dist/ unless another is given.
//   cli.js, job.js, session.js   Node programs of the command line and of the trainer
//   extension.js                 the extension host's part
//   judge.js, lint.js, lint-rows.js  its threads for judging comparisons and for linting
//   webview/*.js, *.css          the panels
//   *.schema.json                what the editor knows of *.tune.json, tunesmith.lint.json and suppressions
// Only packages with native code stay outside: the extension ships those, and no node_modules beside.
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ensureInstalled, root } from "./install.mjs";

ensureInstalled();
const { build } = await import("esbuild");
const { load, panelChecks } = await import("./panel-checks.mjs");

const [folder = "dist"] = process.argv.slice(2);
if (folder === "dist") rmSync(join(root, folder), { recursive: true, force: true });
const common = { absWorkingDir: root, bundle: true, format: "esm", sourcemap: true, logLevel: "warning" };
await build({
  ...common,
  entryPoints: {
    cli: "src/cli/main.ts",
    job: "src/trainer/job.ts",
    session: "src/trainer/session.ts",
    extension: "src/host/extension.ts",
    judge: "src/host/compare/judge-worker.ts",
    lint: "src/linter/worker.ts",
    "lint-rows": "src/linter/crew-worker.ts",
  },
  outdir: folder,
  splitting: true,
  platform: "node",
  target: "node20",
  external: ["vscode", "onnxruntime-node", "tokenizers"],
  // Its other build asks for its own files in a way that no bundler follows.
  alias: { "jsonc-parser": join(root, "node_modules/jsonc-parser/lib/esm/main.js") },
  // Bundled CommonJS packages ask for Node's own modules this way.
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
});
await build({
  ...common,
  entryPoints: Object.fromEntries(
    ["monitor", "compare", "preview", "statistics"].map((page) => [page, `webview/${page}/main.ts`]),
  ),
  outdir: resolve(root, folder, "webview"),
  splitting: true,
  minify: true,
  platform: "browser",
  target: "es2022",
  plugins: [panelChecks],
});
const schemas = await load(`
  import { rules } from "./src/data/rules/index.ts";
  import { suppressionsSchema } from "./src/data/lint/suppressions.ts";
  import { lintConfigJsonSchema } from "./src/linter/config-schema.ts";
  import { recipeJsonSchema } from "./src/runs/recipe-schema.ts";
  export const recipe = recipeJsonSchema();
  export const lint = lintConfigJsonSchema(rules);
  export const suppressions = suppressionsSchema;`);
for (const [name, schema] of Object.entries(schemas)) {
  writeFileSync(resolve(root, folder, `${name}.schema.json`), `${JSON.stringify(schema, null, 2)}\n`);
}
mkdirSync(resolve(root, folder, "webview"), { recursive: true });
for (const file of ["codicon.css", "codicon.ttf"]) {
  copyFileSync(
    join(root, "node_modules/@vscode/codicons/dist", file),
    resolve(root, folder, "webview", file),
  );
}
