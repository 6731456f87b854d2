/**
 * Which room may import which (docs/architecture.md). Read from the sources: an arrow that is not drawn here fails, and
 * so does a room that is drawn with an arrow nobody needs.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";

const source = fileURLToPath(new URL("../src", import.meta.url));
const panels = fileURLToPath(new URL("../webview", import.meta.url));

/** Everybody else may import these: errors, JSON and randomness are the same for all, and need nothing of anybody. */
const common = ["protocol", "random", "json"];
const arrows: Record<string, readonly string[]> = {
  protocol: [],
  random: [],
  json: ["protocol"],
  files: [],
  text: [],
  architectures: [],
  evaluate: [],
  data: ["text"],
  methods: ["architectures", "files"],
  estimate: ["architectures", "methods"],
  // A run directory is written with the temporary names and retries of all other files, though without await.
  // And a comparison's directory holds what its page shows: a record of the answers so far, and people's notes on them.
  runs: ["architectures", "evaluate", "files", "methods"],
  // Types and schemas' parts of what is talked about.
  contracts: ["estimate", "evaluate", "methods", "runs"],
  engine: ["architectures", "files", "methods"],
  // Starts and steers job processes, and is none.
  jobs: ["runs"],
  trainer: [
    "architectures",
    "contracts",
    "data",
    "engine",
    "estimate",
    "evaluate",
    "files",
    "linter",
    "methods",
    "runs",
    "text",
  ],
  // Whole files under the linter: settings, models, the disk.
  linter: ["contracts", "data", "evaluate", "files", "runs", "text"],
  cli: ["data", "evaluate", "files", "jobs", "linter", "runs", "text", "trainer"],
  host: ["contracts", "data", "estimate", "evaluate", "files", "jobs", "linter", "methods", "runs"],
};
/** A tuning method is handed the graph it adds to: it needs its type. */
const typeArrows: Record<string, readonly string[]> = { methods: ["engine"] };
/** Inside the engine each room imports only rooms before it. */
const engineRooms = ["graph", "runtime", "model", "generate", "train"];

interface Import {
  from: string;
  /** A file of ours, or a package. */
  to: string;
  kind: "value" | "type" | "lazy";
}

const sourcesIn = (folder: string) =>
  (readdirSync(folder, { recursive: true }) as string[])
    .filter((file) => file.endsWith(".ts"))
    .map((file) => relative(source, join(folder, file)).split(sep).join("/"));

const files = sourcesIn(source);
/** As `../webview/…`. */
const panelFiles = sourcesIn(panels).filter((file) => !file.includes("/dev/"));

const importsOf = (from: string): Import[] => {
  const text = readFileSync(join(source, from), "utf8").replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
  const found: Import[] = [];
  const add = (specifier: string, kind: Import["kind"]) => {
    const to = specifier.startsWith(".")
      ? relative(source, resolve(source, dirname(from), specifier))
          .split(sep)
          .join("/")
      : specifier;
    found.push({ from, to, kind });
  };
  for (const [, clause, specifier] of text.matchAll(
    /^(?:import|export)\s(?:([^;"]*?)\sfrom\s)?"([^"]+)"/gm,
  )) {
    // `import { type A, type B } from` leaves nothing at run time either.
    const names = /\{([^}]*)\}/.exec(clause ?? "")?.[1]?.split(",") ?? [];
    const typesOnly =
      /^type\s/.test(clause ?? "") ||
      (/^\s*\{/.test(clause ?? "") && names.every((name) => /^\s*(type\s|$)/.test(name)));
    add(specifier!, typesOnly ? "type" : "value");
  }
  for (const [, specifier] of text.matchAll(/\bimport\("([^"]+)"\)/g)) add(specifier!, "lazy");
  return found;
};
const imports = files.flatMap(importsOf);
const panelImports = panelFiles.flatMap(importsOf);

const room = (file: string) => file.split("/")[0]!;
const isOurs = (file: string) => file.endsWith(".ts");
const inWords = ({ from, to, kind }: Import) =>
  `${from} imports ${to}${kind === "value" ? "" : ` (${kind})`}`;

/** Files that are loaded together with `start`. */
function loadedWith(start: string): Set<string> {
  const seen = new Set<string>();
  const visit = (file: string) => {
    if (seen.has(file)) return;
    seen.add(file);
    const known = [...imports, ...panelImports];
    for (const { to } of known.filter(({ from, kind }) => from === file && kind === "value")) visit(to);
  };
  visit(start);
  return seen;
}

describe("the arrows between rooms", () => {
  it("know every room", () => {
    assert.deepEqual([...new Set(files.map(room))].sort(), Object.keys(arrows).sort());
  });

  it("are followed, and each of them is needed", () => {
    const between = imports.filter(({ from, to }) => isOurs(to) && room(from) !== room(to));
    assert.ok(between.length > 100, "the imports were read");
    const allowed = ({ from, to, kind }: Import) =>
      (common.includes(room(to)) && !common.includes(room(from))) ||
      arrows[room(from)]!.includes(room(to)) ||
      (kind === "type" && typeArrows[room(from)]?.includes(room(to)));
    assert.deepEqual(between.filter((each) => !allowed(each)).map(inWords), []);
    for (const [from, targets] of Object.entries(arrows)) {
      for (const to of targets) {
        const needed = between.some((each) => room(each.from) === from && room(each.to) === to);
        assert.ok(needed, `nothing in ${from} imports ${to} any more`);
      }
    }
  });

  it("inside the engine point one way", () => {
    const inside = imports.filter(
      ({ from, to }) => room(from) === "engine" && isOurs(to) && room(to) === "engine",
    );
    const rank = (file: string) => {
      const at = engineRooms.indexOf(file.split("/")[1]!);
      assert.ok(at >= 0, `${file} lies in no room of the engine`);
      return at;
    };
    assert.deepEqual(inside.filter(({ from, to }) => rank(to) > rank(from)).map(inWords), []);
  });

  it("leave ONNX Runtime to the engine's runtime, and protobuf to its encoder", () => {
    const users = (name: string) =>
      new Set(imports.filter(({ to }) => to.split("/")[0] === name).map(({ from }) => dirname(from)));
    assert.deepEqual(users("onnxruntime-node"), new Set(["engine/runtime"]));
    assert.deepEqual(users("protobufjs"), new Set(["engine/graph"]));
  });

  it("leave VS Code to the host", () => {
    const users = imports.filter(({ to }) => to === "vscode").map(({ from }) => room(from));
    assert.deepEqual(new Set(users), new Set(["host"]));
  });

  it("give panels what is pure, and of contracts the types alone", () => {
    assert.ok(panelFiles.length > 20, "the panels were found");
    const intoSource = panelImports.filter(({ to }) => isOurs(to) && !to.startsWith("../"));
    const allowed = ({ to, kind }: Import) =>
      ["evaluate", "protocol"].includes(room(to)) ||
      to === "runs/schema.ts" ||
      (kind === "type" && room(to) === "contracts");
    assert.deepEqual(intoSource.filter((each) => !allowed(each)).map(inWords), []);
    for (const panel of ["monitor", "compare", "preview", "statistics"]) {
      const loaded = [...loadedWith(`../webview/${panel}/main.ts`)].filter((file) => !isOurs(file));
      const ours = loaded.filter((name) => /^(node:|vscode$|ajv|typebox|onnxruntime|tokenizers)/.test(name));
      assert.deepEqual(ours, [], `loaded with the ${panel} panel`);
    }
  });

  it("let the extension be activated without loading any library", () => {
    const loaded = [...loadedWith("host/extension.ts")].filter((file) => !isOurs(file));
    assert.ok(loaded.includes("vscode"));
    assert.deepEqual(
      loaded.filter((name) => name !== "vscode" && !name.startsWith("node:")),
      [],
    );
  });

  it("let the editor and the command line start without the engine", () => {
    const forTheHost = files.filter((file) => !["engine", "trainer", "cli"].includes(room(file)));
    for (const start of [...forTheHost, "cli/main.ts"]) {
      const loaded = [...loadedWith(start)].filter((file) => room(file) === "engine" || !isOurs(file));
      const heavy = loaded.filter((file) => /^(engine|onnxruntime-node|protobufjs)\b/.test(file));
      assert.deepEqual(heavy, [], `loaded with ${start}`);
    }
  });
});
