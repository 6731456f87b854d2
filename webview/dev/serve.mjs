// The monitor and a dataset's pages without VS Code: `node webview/dev/serve.mjs [port]`, then open an address it prints.
// Tests use its parts.
import { mkdtempSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { basename, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { root } from "../../scripts/install.mjs";
import { panelChecks } from "../../scripts/panel-checks.mjs";

const types = {
  ".js": "text/javascript",
  ".css": "text/css",
  ".ttf": "font/ttf",
  ".map": "application/json",
};

/** The hosts that stand in for VS Code, by the pages that they talk to. */
const hosts = { monitor: "host", preview: "dataset-host", statistics: "dataset-host" };

/** Builds the panels as the product has them, and the hosts that stand in for VS Code. */
export async function buildHarness(folder = mkdtempSync(join(tmpdir(), "tunesmith-panel-"))) {
  const common = {
    ...{ absWorkingDir: root, bundle: true, format: "esm", platform: "browser", target: "es2022" },
    ...{ outdir: folder, plugins: [panelChecks], logLevel: "warning", sourcemap: true },
  };
  await build({
    ...common,
    entryPoints: Object.fromEntries(Object.keys(hosts).map((name) => [name, `webview/${name}/main.ts`])),
    splitting: true,
    minify: true,
  });
  await build({ ...common, entryPoints: ["webview/dev/host.ts", "webview/dev/dataset-host.ts"] });
  return folder;
}

/** What an address of the harness gives: the page under the panel's own content policy, or a file. */
export function answer(folder, url) {
  const { origin, pathname, searchParams } = new URL(url);
  if (pathname === "/") return { contentType: "text/html", body: page(origin, searchParams) };
  const name = basename(pathname);
  const from = name.startsWith("codicon") ? join(root, "node_modules/@vscode/codicons/dist") : folder;
  return { contentType: types[extname(name)] ?? "text/plain", body: readFileSync(join(from, name)) };
}

function page(origin, asked) {
  const view = asked.get("view") === "side" ? "side" : "page";
  const name = asked.get("page") in hosts ? asked.get("page") : "monitor";
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-dev' ${origin}`,
    ...["style-src", "font-src", "img-src"].map((directive) => `${directive} ${origin}`),
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${name === "monitor" ? "Monitor" : "Dataset"}</title>
<link rel="stylesheet" href="/codicon.css" id="vscode-codicon-stylesheet" nonce="dev">
<link rel="stylesheet" href="/${name}.css">
</head>
<body data-view="${view}" data-strings="{}">
<div id="root"></div>
<script type="module" nonce="dev" src="/${hosts[name]}.js"></script>
<script type="module" nonce="dev" src="/${name}.js"></script>
</body>
</html>`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = await buildHarness();
  const port = Number(process.argv[2] ?? 4173);
  createServer((request, response) => {
    try {
      const { contentType, body } = answer(folder, `http://localhost:${port}${request.url}`);
      response.writeHead(200, { "content-type": contentType }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  }).listen(port, "127.0.0.1", () => {
    for (const query of ["run=running&theme=dark&live=1", "page=preview", "page=statistics&theme=light"])
      console.log(`http://localhost:${port}/?${query}`);
  });
}
