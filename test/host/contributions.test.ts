/** Every id that the extension and its manifest share stands in both, and every text of the manifest is there. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { suppressionsSuffix } from "../../src/data/lint/suppressions.ts";
import {
  chatVendor,
  commands,
  datasetExtensions,
  itemKinds,
  recipeSuffix,
  settings,
  taskType,
  tools,
  views,
  walkthrough,
} from "../../src/host/contributions.ts";
import { lintConfigName } from "../../src/linter/config-schema.ts";

interface Clause {
  command?: string;
  view?: string;
  when?: string;
}
interface Manifest {
  capabilities: { untrustedWorkspaces: { restrictedConfigurations: string[] } };
  contributes: {
    commands: { command: string; title: string; category: string }[];
    menus: Record<string, Clause[]>;
    keybindings?: Clause[];
    views: Record<string, { id: string; when?: string }[]>;
    viewsContainers: Record<string, { id: string }[]>;
    viewsWelcome: (Clause & { contents: string })[];
    configuration: { properties: Record<string, { default: unknown }> };
    taskDefinitions: { type: string; required: string[]; properties: object }[];
    jsonValidation: { fileMatch: string; url: string }[];
    walkthroughs?: { id: string; steps: { completionEvents?: string[] }[] }[];
    languageModelTools?: { name: string }[];
    languageModelChatProviders?: { vendor: string }[];
  };
}

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");
const source = read("package.json");
const manifest: Manifest = JSON.parse(source);
const texts: Record<string, string> = JSON.parse(read("package.nls.json"));
const { contributes } = manifest;
const sorted = (values: readonly string[]) => [...values].sort();
const ours = Object.values<string>(commands);

describe("the manifest and the code", () => {
  it("have the same commands, each with a title under one category", () => {
    assert.deepEqual(sorted(contributes.commands.map(({ command }) => command)), sorted(ours));
    for (const { command, title, category } of contributes.commands) {
      assert.match(title, /^%command\.\w+%$/, command);
      assert.equal(category, "%category%", command);
    }
  });

  it("have the same views, in a container that is there", () => {
    const found = Object.entries(contributes.views);
    const containers = Object.values(contributes.viewsContainers).flat();
    assert.deepEqual(
      containers.map(({ id }) => id),
      [views.container],
    );
    assert.deepEqual(
      found.map(([container]) => container),
      [views.container],
    );
    assert.deepEqual(
      sorted(found.flatMap(([, list]) => list.map(({ id }) => id))),
      sorted([views.runs, views.monitor]),
    );
    for (const { view } of contributes.viewsWelcome) assert.equal(view, views.runs);
  });

  it("have the same settings, and restrict those that name a program", () => {
    assert.deepEqual(
      sorted(Object.keys(contributes.configuration.properties)),
      sorted(Object.values(settings)),
    );
    assert.deepEqual(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations, [settings.nodePath]);
  });

  it("have the same task type and the same name for recipes", () => {
    assert.deepEqual(
      contributes.taskDefinitions.map(({ type, required, properties }) => [
        type,
        required,
        Object.keys(properties),
      ]),
      [[taskType, ["recipe"], ["recipe"]]],
    );
    assert.deepEqual(contributes.jsonValidation, [
      { fileMatch: `*${recipeSuffix}`, url: "./dist/recipe.schema.json" },
      { fileMatch: lintConfigName, url: "./dist/lint.schema.json" },
      { fileMatch: `*${suppressionsSuffix}`, url: "./dist/suppressions.schema.json" },
    ]);
  });

  it("offer in menus and keys only commands that are there, where conditions can be true", () => {
    const clauses = [...Object.values(contributes.menus).flat(), ...(contributes.keybindings ?? [])];
    assert.ok(clauses.length > 10, "the menus were read");
    for (const { command, when = "" } of clauses) {
      assert.ok(ours.includes(command!), `${command} is no command of ours`);
      for (const [, view] of when.matchAll(/\bview == ([\w.]+)/g)) {
        assert.ok(Object.values<string>(views).includes(view!), `${command}: there is no view ${view}`);
      }
      for (const [, kind] of when.matchAll(/viewItem [!=]= ([\w.]+)/g)) {
        assert.ok(Object.values<string>(itemKinds).includes(kind!), `${command}: there is no item ${kind}`);
      }
    }
  });

  it("offer a fine-tune on every file that may be a dataset, from the Explorer", () => {
    const entry = contributes.menus["explorer/context"]!.find(({ command }) => command === commands.fineTune);
    const [, pattern] = /resourceExtname =~ \/(.*?)\/(?:\s|$|\))/.exec(entry!.when!)!;
    for (const extension of datasetExtensions) assert.match(extension, new RegExp(pattern!));
    assert.doesNotMatch(".ts", new RegExp(pattern!));
  });

  it("know the same commands in links and walkthroughs", () => {
    const links = [...JSON.stringify(texts).matchAll(/\(command:(tunesmith\.\w+)/g)].map(([, id]) => id!);
    assert.ok(links.length > 2, "the links were read");
    const events = (contributes.walkthroughs ?? [])
      .flatMap(({ steps }) => steps.flatMap(({ completionEvents = [] }) => completionEvents))
      .flatMap((event) => /^onCommand:(tunesmith\.\w+)$/.exec(event)?.[1] ?? []);
    for (const id of [...links, ...events]) assert.ok(ours.includes(id), id);
  });

  it("have the same walkthrough, tools and chat vendor, where the manifest has any", () => {
    const { walkthroughs, languageModelTools, languageModelChatProviders } = contributes;
    if (walkthroughs)
      assert.deepEqual(
        walkthroughs.map(({ id }) => id),
        [walkthrough],
      );
    if (languageModelTools) {
      assert.deepEqual(sorted(languageModelTools.map(({ name }) => name)), sorted(Object.values(tools)));
    }
    if (languageModelChatProviders) {
      assert.deepEqual(
        languageModelChatProviders.map(({ vendor }) => vendor),
        [chatVendor],
      );
    }
  });

  it("name every text, and no text is left over", () => {
    const used = [...source.matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key!);
    assert.deepEqual(sorted([...new Set(used)]), sorted(Object.keys(texts)));
  });
});
