/** What ships: each platform's package has what it needs and nothing else, and this machine's runs as it lies unpacked. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { readZip, unpack, type ZipEntry } from "./zip.ts";

const root = join(import.meta.dirname, "../..");
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const here = `${process.platform}-${process.arch}`;

/** The native files of each platform, and how large its package may be, in MB (marketplaces take some hundred). */
const targets: Record<string, { natives: string[]; atMost: number }> = {
  "linux-x64": {
    natives: ["libonnxruntime.so.1", "onnxruntime_binding.node", "tokenizers.linux-x64-gnu.node"],
    atMost: 30,
  },
  "linux-arm64": {
    natives: ["libonnxruntime.so.1", "onnxruntime_binding.node", "tokenizers.linux-arm64-gnu.node"],
    atMost: 25,
  },
  "win32-x64": {
    natives: [
      "DirectML.dll",
      "dxcompiler.dll",
      "dxil.dll",
      "onnxruntime.dll",
      "onnxruntime_binding.node",
      "tokenizers.win32-x64-msvc.node",
    ],
    atMost: 45,
  },
  "win32-arm64": {
    natives: [
      "DirectML.dll",
      "dxcompiler.dll",
      "dxil.dll",
      "onnxruntime.dll",
      "onnxruntime_binding.node",
      "tokenizers.win32-arm64-msvc.node",
    ],
    atMost: 45,
  },
  "darwin-arm64": {
    natives: ["libonnxruntime.1.dylib", "onnxruntime_binding.node", "tokenizers.darwin-arm64.node"],
    atMost: 25,
  },
};

/** Every file that may be there matches one of these, and each of these matches a file. */
const expected = [
  /^\[Content_Types\]\.xml$/,
  /^extension\.vsixmanifest$/,
  /^extension\/(readme|changelog)\.md$/,
  /^extension\/LICENSE\.txt$/,
  /^extension\/THIRD-PARTY-NOTICES\.txt$/,
  /^extension\/package\.json$/,
  /^extension\/package\.nls(\.[a-z-]+)?\.json$/,
  /^extension\/docs\/rules\/(README|[a-z0-9-]+)\.md$/,
  /^extension\/syntaxes\/[\w-]+\.injection\.tmLanguage\.json$/,
  /^extension\/l10n\/bundle\.l10n(\.[a-z-]+)?\.json$/,
  /^extension\/media\/icon\.png$/,
  /^extension\/media\/([\w-]+\/)?[\w-]+\.(svg|png|md)$/,
  /^extension\/assets\/sample\/support\.(jsonl|tune\.json)$/,
  /^extension\/assets\/tiny\/model\.safetensors$/,
  /^extension\/assets\/tiny\/(README\.md|chat_template\.jinja|(tokenizer|(tokenizer_|generation_)?config)\.json)$/,
  /^extension\/dist\/(cli|job|judge|lint|lint-rows|session|extension)\.js$/,
  /^extension\/dist\/[\w-]+-[0-9A-Z]{8}\.js$/,
  /^extension\/dist\/(lint|recipe|suppressions)\.schema\.json$/,
  /^extension\/dist\/webview\/(monitor|compare|preview|statistics)\.(js|css)$/,
  /^extension\/dist\/webview\/codicon\.(css|ttf)$/,
  /^extension\/dist\/webview\/chunk-[0-9A-Z]{8}\.(js|css)$/,
  /^extension\/node_modules\/(onnxruntime-(node|common)|tokenizers)\/package\.json$/,
  /^extension\/node_modules\/onnxruntime-node\/dist\/(index|backend|binding|version)\.js$/,
  /^extension\/node_modules\/onnxruntime-common\/dist\/cjs\/([\w-]+\.js|package\.json)$/,
  /^extension\/node_modules\/onnxruntime-node\/bin\/napi-v6\/[\w-]+\/[\w-]+\/[\w.]+$/,
  /^extension\/node_modules\/tokenizers\/(index\.js|LICENSE|tokenizers\.[\w-]+\.node)$/,
];

const folder = mkdtempSync(join(tmpdir(), "tunesmith-package-test-"));
const entries = (target: string) => readZip(join(folder, `tunesmith-${target}-${version}.vsix`));

describe("the packages", () => {
  before(() => {
    const script = join(root, "scripts", "package.mjs");
    execFileSync(process.execPath, [script, "--out", folder], { stdio: ["ignore", "ignore", "inherit"] });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const [target, { natives, atMost }] of Object.entries(targets)) {
    it(`for ${target} have what is needed, and nothing else`, () => {
      const files = entries(target);
      const names = files.map(({ name }) => name);
      assert.deepEqual(
        names.filter((name) => !expected.some((pattern) => pattern.test(name))),
        [],
        "files that nobody expects",
      );
      assert.deepEqual(
        expected.filter((pattern) => !names.some((name) => pattern.test(name))),
        [],
        "files that are missing",
      );
      assert.deepEqual(nativesOf(files), [...natives].sort());
      const packed = readFileSync(join(folder, `tunesmith-${target}-${version}.vsix`)).length / 1e6;
      assert.ok(packed > 10 && packed < atMost, `${packed} MB`);
    });
  }

  it("have every file that the manifest names", () => {
    const files = entries("linux-x64");
    const manifest = files.find(({ name }) => name === "extension/package.json")!;
    const paths = manifest
      .content()
      .toString()
      .matchAll(/"(?:\.\/)?((?:\w+\/)+[\w.-]+\.\w+)"/g);
    const named = [...new Set(Array.from(paths, ([, path]) => path!))];
    assert.ok(named.length >= 3, "the icon, the entry and the schema at least");
    assert.deepEqual(
      named.filter((path) => !files.some(({ name }) => name === `extension/${path}`)),
      [],
    );
  });

  it("are refused for platforms that ONNX Runtime has no library for", () => {
    const script = join(root, "scripts", "package.mjs");
    const { status, stderr } = spawnSync(process.execPath, [script, "--target", "darwin-x64"], {
      encoding: "utf8",
    });
    assert.equal(status, 1);
    assert.match(stderr, /^cannot package for "darwin-x64"; one of linux-x64, /);
  });

  it("name the licences of what is in them", () => {
    const notices = entries("linux-x64").find(({ name }) => name.endsWith("NOTICES.txt"))!;
    const text = notices.content().toString();
    for (const name of ["onnxruntime-node", "tokenizers", "ajv", "protobufjs", "uplot"])
      assert.ok(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(`, "m").test(text), `no notice of ${name}`);
  });

  const skip = !(here in targets) && `there is no package for ${here}`;
  it("run as they lie unpacked: the bundled model answers", { skip }, () => {
    const place = join(folder, "unpacked");
    unpack(entries(here), place);
    const program = join(place, "extension", "dist", "cli.js");
    const args = ["generate", "--model", "tiny", "--prompt", "hi", "--max-tokens", "4", "--json"];
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, TUNESMITH_CACHE: join(folder, "cache") },
    });
    assert.equal(stderr, "");
    assert.equal(status, 0);
    assert.ok(JSON.parse(stdout).promptTokens > 0);
  });
});

function nativesOf(files: readonly ZipEntry[]): string[] {
  const native = files.filter(({ name }) => /\.(node|dll|dylib|so)(\.\d+)*$/.test(name));
  return native.map(({ name }) => name.split("/").at(-1)!).sort();
}
