// An esbuild plugin: `import { own, other } from "tunesmith:checks/monitor"` gives a panel the checks of its contract as
// plain functions. ajv compiles schemas into code from text, which a panel's content policy forbids, so it does so here.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Ajv } from "ajv";
import standalone from "ajv/dist/standalone/index.js";
import { build } from "esbuild";
import { root } from "./install.mjs";

/** Contracts of each panel's two sides, by the exports of src/contracts/<panel>.ts, or of `file`. */
const sides = {
  monitor: { own: "monitorPanel", other: "monitorHost" },
  compare: { own: "comparePanel", other: "compareHost" },
  preview: { own: "previewPanel", other: "previewHost", file: "dataset" },
  statistics: { own: "statisticsPanel", other: "statisticsHost", file: "dataset" },
};

export const panelChecks = {
  name: "panel-checks",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^tunesmith:checks\// }, ({ path }) => ({
      path: path.slice("tunesmith:checks/".length),
      namespace: "panel-checks",
    }));
    onLoad({ filter: /.*/, namespace: "panel-checks" }, async ({ path: panel }) => ({
      contents: await checksOf(panel),
      resolveDir: root,
      watchFiles: [join(root, "src", "contracts", `${sides[panel].file ?? panel}.ts`)],
    }));
  },
};

async function checksOf(panel) {
  const { file = panel, ...names } = sides[panel];
  const { schemasOf, ...contracts } = await load(`
    export * from "./src/contracts/${file}.ts";
    export { schemasOf } from "./src/protocol/checks.ts";`);
  const exported = Object.entries(names).map(([side, contract]) => {
    const entries = [...schemasOf(contracts[contract])].map(
      ([path, schema]) => `${JSON.stringify(path)}: ${compiled(schema)}`,
    );
    return `export const ${side} = check({ ${entries.join(",\n")} });`;
  });
  return `const check = (functions) => (path, value) => {
  const validate = functions[path];
  if (!validate) return "there is no " + path;
  return validate(value) ? null : validate.errors.map((e) => "it" + e.instancePath + " " + e.message).join(", ");
};
${exported.join("\n")}`;
}

/** A schema as an expression whose value is its check: ajv writes a CommonJS module. */
function compiled(schema) {
  const ajv = new Ajv({ strict: false, code: { source: true } });
  return `(() => { const module = {}; ${standalone.default(ajv, ajv.compile(schema))}; return module.exports; })()`;
}

/** Runs a few lines of our TypeScript in this process. */
export async function load(contents) {
  const folder = mkdtempSync(join(tmpdir(), "tunesmith-build-"));
  try {
    const outfile = join(folder, "module.mjs");
    await build({
      stdin: { contents, resolveDir: root, loader: "ts" },
      outfile,
      bundle: true,
      format: "esm",
      platform: "node",
      logLevel: "error",
      // Its other build asks for its own files in a way that no bundler follows.
      alias: { "jsonc-parser": join(root, "node_modules/jsonc-parser/lib/esm/main.js") },
      banner: {
        js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
      },
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
