/** The models a run could start from: here already, or worth fetching. Knows nothing of VS Code. */
import { access } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type CatalogueModel, catalogue } from "../../estimate/catalogue.ts";
import { listCachedModels } from "../../files/hub.ts";
import { singleWeightsName, weightsIndexName } from "../../files/model-folder.ts";

export interface Candidate {
  /** As a recipe names it, resolved: "tiny", an absolute folder, or a name on the hub. */
  model: string;
  label: string;
  source: "bundled" | "folder" | "cache" | "hub";
  /** What is known of one on the hub; null for those that are here. */
  config: Readonly<Record<string, unknown>> | null;
  downloadBytes: number;
  /** Null where it is the user's own affair. */
  licence: string | null;
  gated: boolean;
  purpose: CatalogueModel["purpose"] | null;
}

const here = { config: null, downloadBytes: 0, licence: null, gated: false, purpose: null };

/**
 * @param configFiles every config.json of the workspace
 */
export async function findCandidates(configFiles: readonly string[]): Promise<Candidate[]> {
  const folders = (await Promise.all(configFiles.map(modelFolder))).filter((folder) => folder !== undefined);
  const cached = new Set((await listCachedModels()).map(({ name }) => name));
  return [
    { ...here, model: "tiny", label: "Tunesmith Tiny", source: "bundled" },
    ...folders.map((model) => ({ ...here, model, label: basename(model), source: "folder" as const })),
    ...[...cached].map((model) => {
      const known = catalogue.find(({ name }) => name === model);
      return {
        ...here,
        model,
        label: model.split("/").at(-1)!,
        source: "cache" as const,
        licence: known?.licence ?? null,
        purpose: known?.purpose ?? null,
      };
    }),
    ...catalogue.filter(({ name }) => !cached.has(name)).map(fromCatalogue),
  ];
}

function fromCatalogue({ name, config, downloadBytes, licence, gated, purpose }: CatalogueModel): Candidate {
  const label = name.split("/").at(-1)!;
  return { model: name, label, source: "hub", config, downloadBytes, licence, gated, purpose };
}

/** One that the user named, as the hub describes it. */
export function fromHub(
  model: string,
  { config, downloadBytes }: { config: Record<string, unknown>; downloadBytes: number },
): Candidate {
  const label = model.split("/").at(-1)!;
  return { ...here, model, label, source: "hub", config, downloadBytes };
}

/** The folder of a config.json, if weights and a tokenizer lie beside it. */
async function modelFolder(configFile: string): Promise<string | undefined> {
  const folder = dirname(configFile);
  const has = (name: string) =>
    access(join(folder, name)).then(
      () => true,
      () => false,
    );
  const hasWeights = (await has(singleWeightsName)) || (await has(weightsIndexName));
  return hasWeights && (await has("tokenizer.json")) ? folder : undefined;
}
