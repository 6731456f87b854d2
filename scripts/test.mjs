// Runs the tests: `node scripts/test.mjs [--tier unit|slow|real|all] [--short] [path filter …]`.
//   *.test.ts        fast, no peer needed (this is `npm run check`'s part)
//   *.slow.test.ts   processes, kill tests, the bundled model
//   *.real.test.ts   a real model and real peers, which are set up first; each skips with one line where its peer is
//                    absent; --short trains for fewer steps
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { installPeers } from "../test/peers/install.mjs";
import { ensureInstalled, root } from "./install.mjs";

const args = process.argv.slice(2);
const tierAt = args.indexOf("--tier");
const tier = tierAt < 0 ? "default" : args.splice(tierAt, 2)[1];
const shortAt = args.indexOf("--short");
const short = shortAt >= 0 && args.splice(shortAt, 1).length > 0;
const tiers = {
  default: ["unit", "slow"],
  unit: ["unit"],
  slow: ["slow"],
  real: ["real"],
  all: ["unit", "slow", "real"],
};
if (!tiers[tier]) {
  console.error(`unknown tier "${tier}"; one of ${Object.keys(tiers).join(", ")}`);
  process.exit(1);
}
ensureInstalled();
const peers = tiers[tier].includes("real") ? installPeers() : {};

const tierOf = (file) => /\.(slow|real)\.test\.ts$/.exec(file)?.[1] ?? "unit";
const files = readdirSync(join(root, "test"), { recursive: true })
  .filter((file) => file.endsWith(".test.ts") && tiers[tier].includes(tierOf(file)))
  .filter((file) => args.length === 0 || args.some((part) => file.includes(part)))
  .map((file) => relative(root, join(root, "test", file)))
  .sort();

const result = spawnSync(process.execPath, ["--import", "tsx", "--test", "--test-concurrency=2", ...files], {
  cwd: root,
  stdio: "inherit",
  env: {
    ...process.env,
    ...peers,
    ...(short && { TUNESMITH_REAL: "short" }),
    ONNXRUNTIME_NODE_INSTALL: "skip",
  },
});
process.exit(result.status ?? 1);
