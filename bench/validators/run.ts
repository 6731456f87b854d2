/**
 * The table of defects found by Tunesmith and by other validators, on the same files:
 *
 *   node --import tsx bench/validators/run.ts [--python PYTHON] [--with NAME=PYTHON]... [--only NAME,...] [--scratch DIR]
 *
 * PYTHON has what the peers need (bench/validators/README.md); one that pins other versions gets its own by --with. The
 * peers' verdicts are kept in peers.jsonl and asked for anew only with --python; --only asks some of them. Tunesmith runs
 * every time. Prints the table and writes it to docs/validators.md.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { broken, sound } from "./corpus.ts";
import type { Validator } from "./judge.ts";
import { maxLength } from "./model.ts";
import { ours, writeCorpus, writeModel } from "./ours.ts";
import { document } from "./table.ts";

const root = resolve(import.meta.dirname, "..", "..");
const kept = join(import.meta.dirname, "peers.jsonl");

/** In the table's order. */
const peers = [
  { name: "TRL", script: "trl", isReal: true },
  { name: "Axolotl", script: "axolotl", isReal: true },
  { name: "mlx-lm", script: "mlx_lm", isReal: true },
  { name: "LLaMA-Factory", script: "llama_factory", isReal: true },
  { name: "Together", script: "together", isReal: true },
  { name: "openai-python", script: "openai_python", isReal: true },
  { name: "OpenAI cookbook", script: "cookbook", isReal: false },
  { name: "mistral-finetune", script: "mistral_finetune", isReal: false },
] as const;

/** What the peers said when they were last asked. */
export interface Peer extends Validator {
  date: string;
}

export function keptPeers(): Peer[] {
  const text = existsSync(kept) ? readFileSync(kept, "utf8").trim() : "";
  return text === "" ? [] : text.split("\n").map((line) => JSON.parse(line) as Peer);
}

/** The page as it should be now, from kept verdicts of the peers. */
export async function page(validators: readonly Peer[], scratch: string): Promise<string> {
  writeCorpus(scratch);
  const model = writeModel(scratch, join(root, "assets", "tiny"));
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  const date =
    validators
      .map((peer) => peer.date)
      .sort()
      .at(-1) ?? "";
  return document([await ours(scratch, model, version), ...validators], date);
}

function ask(
  script: string,
  python: string,
  scratch: string,
): Pick<Validator, "version" | "kinds" | "verdicts"> {
  const manifest = join(scratch, "manifest.json");
  const files = [...sound, ...broken].map(({ id, kind, name }) => {
    const folder = join(scratch, "corpus", id);
    return { id, kind, folder, path: join(folder, name) };
  });
  writeFileSync(manifest, JSON.stringify(files));
  const { status, stdout, stderr } = spawnSync(
    python,
    [
      join(import.meta.dirname, "peers", `check_${script}.py`),
      manifest,
      join(scratch, "model"),
      String(maxLength),
      scratch,
    ],
    { encoding: "utf8", maxBuffer: 1 << 28, env: { ...process.env, HF_HUB_OFFLINE: "1", PYTHONUTF8: "1" } },
  );
  if (status !== 0) throw new Error(`${script} failed:\n${stderr.slice(-3000)}`);
  // What was said names the scratch folder, which is another every time.
  return JSON.parse(stdout.trim().split("\n").at(-1)!.replaceAll(scratch, ""));
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      python: { type: "string" },
      with: { type: "string", multiple: true, default: [] },
      only: { type: "string", default: peers.map(({ script }) => script).join() },
      scratch: { type: "string" },
    },
  });
  const own = new Map(values.with.map((each) => each.split("=", 2) as [string, string]));
  const scratch = values.scratch ?? mkdtempSync(join(tmpdir(), "tunesmith-validators-"));
  let asked = keptPeers();
  if (values.python !== undefined) {
    writeCorpus(scratch);
    writeModel(scratch, join(root, "assets", "tiny"));
    const date = new Date().toISOString().slice(0, 10);
    asked = peers.flatMap(({ name, script, isReal }): Peer[] => {
      if (!values.only.split(",").includes(script)) return asked.filter((each) => each.name === name);
      console.error(`${name} …`);
      return [{ name, isReal, date, ...ask(script, own.get(script) ?? values.python!, scratch) }];
    });
    writeFileSync(kept, asked.map((peer) => `${JSON.stringify(peer)}\n`).join(""));
  }
  const text = await page(asked, scratch);
  writeFileSync(join(root, "docs", "validators.md"), text);
  console.log(text);
  if (values.scratch === undefined) rmSync(scratch, { recursive: true, force: true });
}

if (process.argv[1] === import.meta.filename) await main();
