/** Try it: one message, answered by the base model and by the fine-tuned one side by side, as the words come. */
import { duration } from "../../src/evaluate/figures.ts";
import { button, problemOf, section } from "../common/controls.ts";
import { type Child, fill, h, setText } from "../common/elements.ts";
import { count, t } from "../common/text.ts";
import { type Page, type Part, sectionState } from "./page.ts";
import { wholeText } from "./texts.ts";

interface Turn {
  role: "system" | "user" | "assistant";
  content: string;
}

const sides = ["base", "fine-tuned"] as const;

export function chatPart(page: Page): Part {
  const columns = sides.map((side) => chatSide(page, side));
  const system = h("textarea", { class: "field", id: "chat-system", rows: 2 });
  const input = h("textarea", {
    class: "field",
    id: "chat-input",
    rows: 2,
    placeholder: t("Ask both models"),
    "aria-describedby": "chat-keys",
  });
  const send = button(t("Send"), () => void ask(), { icon: "send", primary: true });
  const cancel = button(t("Cancel"), () => running?.abort(), { icon: "debug-stop" });
  const clear = button(
    t("Clear"),
    () => {
      running?.abort();
      for (const column of columns) column.clear();
    },
    { icon: "clear-all" },
  );
  cancel.hidden = true;
  let running: AbortController | undefined;

  const ask = async () => {
    const content = input.value.trim();
    if (content === "" || running) return;
    const controller = new AbortController();
    running = controller;
    input.value = "";
    const isBusy = (busy: boolean) => {
      send.hidden = busy;
      cancel.hidden = !busy;
    };
    isBusy(true);
    await Promise.all(columns.map((column) => column.ask(content, system.value.trim(), controller.signal)));
    running = undefined;
    isBusy(false);
    page.announcer.answer(controller.signal.aborted ? t("Cancelled") : t("Both models have answered"));
  };
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    void ask();
  });
  const element = section(
    t("Try it"),
    sectionState(page, "chat", false),
    h(
      "details",
      { class: "more" },
      h("summary", null, t("System message")),
      h("label", { class: "visually-hidden", for: "chat-system" }, t("System message")),
      system,
    ),
    h("div", { class: "chat-sides" }, ...columns.map(({ element }) => element)),
    h("label", { class: "visually-hidden", for: "chat-input" }, t("Message to both models")),
    input,
    h(
      "div",
      { class: "chat-tools" },
      send,
      cancel,
      clear,
      h("span", { class: "quiet", id: "chat-keys" }, t("Enter sends, Shift+Enter starts a new line")),
    ),
  );
  return {
    element,
    update() {
      columns[0]!.name(page.head.comparison?.integrity.base.name);
      columns[1]!.name(page.head.comparison?.integrity.tuned.name);
    },
  };
}

/** One model's conversation. Each side goes on from its own answers. */
function chatSide(page: Page, side: (typeof sides)[number]) {
  const turns: Turn[] = [];
  const name = h("span", { class: "quiet" });
  const log = h("div", { class: "chat-log" });
  const title = side === "base" ? t("Base model") : t("Fine-tuned");
  const element = h(
    "section",
    { class: `chat-side ${side}`, "aria-label": title },
    h("h3", null, title, " ", name),
    log,
  );
  const add = (role: string, ...children: Child[]) => {
    const bubble = h("div", { class: `turn ${role}` }, ...children);
    log.append(bubble);
    log.scrollTop = log.scrollHeight;
    return bubble;
  };

  const ask = async (content: string, system: string, signal: AbortSignal) => {
    add("user", wholeText(content));
    const words = h("div", { class: "whole-text", dir: "auto" });
    const about = h("p", { class: "quiet facts-line" }, t("Waiting…"));
    const bubble = add("assistant", words, about);
    const said: Turn[] = [...turns, { role: "user", content }];
    const messages: Turn[] = system === "" ? said : [{ role: "system", content: system }, ...said];
    let shown = "";
    const show = () => {
      setText(words, shown);
      log.scrollTop = log.scrollHeight;
    };
    try {
      const onProgress = ({ text, phase }: { text?: string; phase?: string }) => {
        if (phase !== undefined) setText(about, phase);
        if (text === undefined) return;
        shown += text;
        show();
      };
      const answer = await page.channel.request("chat", { side, messages }, { signal, onProgress });
      shown = answer.text;
      show();
      turns.push(...said.slice(turns.length), { role: "assistant", content: answer.text });
      const { promptTokens, outputTokens, seconds, ended } = answer;
      const figures = t(
        "{0} tokens in · {1} out · {2}",
        count(promptTokens),
        count(outputTokens),
        duration(seconds),
      );
      setText(about, ended ? figures : `${figures} · ${t("cut off at the token limit")}`);
      if (answer.text === "") fill(words, h("span", { class: "quiet" }, t("(empty)")));
    } catch (error) {
      const failure = problemOf(error);
      if (failure) about.replaceWith(failure);
      else setText(about, t("Cancelled"));
    } finally {
      bubble.classList.add("finished");
    }
  };
  return {
    element,
    ask,
    name: (text: string | undefined) => setText(name, text ?? ""),
    clear() {
      turns.length = 0;
      fill(log);
    },
  };
}
