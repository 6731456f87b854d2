/** The injected grammar, by the tokenizer and the JSON Lines grammar of the real VS Code. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { codeServer, withoutCodeServer } from "./server.ts";

interface Token {
  startIndex: number;
  endIndex: number;
  scopes: string[];
}
interface Grammar {
  tokenizeLine(line: string, stack: null): { tokens: Token[] };
}

const injection = new URL("../../syntaxes/dataset.injection.tmLanguage.json", import.meta.url);

async function grammar(): Promise<Grammar> {
  const vscode = join(dirname(codeServer!), "node_modules/code-server/lib/vscode");
  const load = createRequire(join(vscode, "package.json"));
  const textmate = load("vscode-textmate");
  const oniguruma = load("vscode-oniguruma");
  await oniguruma.loadWASM(readFileSync(load.resolve("vscode-oniguruma/release/onig.wasm")));
  const sources: Record<string, string> = {
    "source.json.lines": readFileSync(join(vscode, "extensions/json/syntaxes/JSONL.tmLanguage.json"), "utf8"),
    "tunesmith.dataset.injection": readFileSync(injection, "utf8"),
  };
  const registry = new textmate.Registry({
    onigLib: {
      createOnigScanner: (patterns: string[]) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text: string) => new oniguruma.OnigString(text),
    },
    loadGrammar: (scope: string) =>
      sources[scope] ? textmate.parseRawGrammar(sources[scope], "x.json") : null,
    getInjections: (scope: string) =>
      scope === "source.json.lines" ? ["tunesmith.dataset.injection"] : undefined,
  });
  return registry.loadGrammar("source.json.lines");
}

/** What is coloured by us, with our scope's name. */
function ours(
  line: string,
  { tokens }: ReturnType<Grammar["tokenizeLine"]>,
): [text: string, scope: string][] {
  return tokens.flatMap(({ startIndex, endIndex, scopes }): [string, string][] => {
    const scope = scopes.findLast((name) => name.endsWith(".tunesmith"));
    return scope ? [[line.slice(startIndex, endIndex), scope]] : [];
  });
}

describe("the injected grammar", { skip: withoutCodeServer }, () => {
  it("colours roles by who speaks, template tokens and placeholders, and leaves the rest to VS Code", async () => {
    const { tokenizeLine } = await grammar().then((loaded) => ({
      tokenizeLine: loaded.tokenizeLine.bind(loaded),
    }));
    const look = (line: string) => ours(line, tokenizeLine(line, null));
    assert.deepEqual(
      look('{"messages": [{"role": "user", "content": "Hi"}, {"role" : "assistant", "content": "Ho"}]}'),
      [
        ['"user"', "entity.name.type.role.user.tunesmith"],
        ['"assistant"', "entity.name.function.role.assistant.tunesmith"],
      ],
    );
    assert.deepEqual(
      look('{"conversations": [{"from": "system", "value": "x"}, {"from": "observation", "value": "y"}]}'),
      [
        ['"system"', "keyword.other.role.system.tunesmith"],
        ['"observation"', "entity.name.tag.role.tool.tunesmith"],
      ],
    );
    assert.deepEqual(look('{"text": "a <|im_end|> b {{ name }} c"}'), [
      ["<|im_end|>", "keyword.control.template-token.tunesmith"],
      ["{{ name }}", "constant.other.placeholder.tunesmith"],
    ]);
    assert.deepEqual(
      look('{"text": "the \\"role\\": \\"user\\" of {x} < y | z > w"}'),
      [],
      "a text about roles",
    );
    const tokens = tokenizeLine('{"role": "user", "content": "a [INST] b"}', null).tokens;
    const content = tokens.find(({ scopes }) => scopes.some((scope) => scope.startsWith("keyword.control")))!;
    assert.ok(
      content.scopes.some((scope) => scope.startsWith("string.")),
      "it stays a string, too",
    );
  });
});
