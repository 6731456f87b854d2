/**
 * The page's script: shows the rows a few at a time as the reader scrolls, filters and searches them.
 *
 * Plain JavaScript in a string, since it runs in the reader's browser and not here. Texts of data and models enter the
 * page only through `textContent`. The page's content security policy names this text by its hash, so a change here
 * needs the new hash below; the test prints it.
 */
export const pageScriptHash = "sha256-p3pOaG5g1uXTMxoQcpQhMbv6epa0Og9oJr5NukVv/nc=";

export const pageScript = String.raw`"use strict";
(() => {
  const data = JSON.parse(document.getElementById("page-data").textContent);
  const list = document.getElementById("rows");
  const found = document.getElementById("found");
  const search = document.getElementById("search");
  const buttons = [...document.querySelectorAll("[data-filter]")];
  const chunk = 25;

  const kept = Object.fromEntries(Object.entries(data.filters).map(([id, places]) => [id, new Set(places.map((place) => data.rows[place]))]));
  const keeps = (filter, row) => kept[filter] !== undefined && kept[filter].has(row);

  const haystacks = new Map();
  const haystack = (row) => {
    let text = haystacks.get(row);
    if (text === undefined) {
      text = [row.id, row.question, row.reference, ...row.answers.map((answer) => answer.text), row.note || ""].join("\n").toLowerCase();
      haystacks.set(row, text);
    }
    return text;
  };

  let filter = "all";
  let shown = [];
  let next = 0;

  function apply() {
    const wanted = search.value.trim().toLowerCase();
    shown = data.rows.filter((row) => keeps(filter, row) && (wanted === "" || haystack(row).includes(wanted)));
    next = 0;
    list.replaceChildren();
    found.textContent = shown.length === data.rows.length
      ? data.rows.length + " rows"
      : shown.length + " of " + data.rows.length + " rows";
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.filter === filter));
    showMore();
  }

  function showMore() {
    if (next >= shown.length) return;
    const cards = document.createDocumentFragment();
    for (const row of shown.slice(next, next + chunk)) cards.append(card(row));
    next += chunk;
    list.append(cards);
  }

  function make(tag, className, ...children) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    element.append(...children);
    return element;
  }

  function icon(name) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    svg.setAttribute("viewBox", "0 0 16 16");
    svg.setAttribute("class", "icon");
    svg.setAttribute("aria-hidden", "true");
    path.setAttribute("d", name === "right" ? "M3 8.6 6.4 12 13 4.6" : "M4 4l8 8M12 4l-8 8");
    svg.append(path);
    return svg;
  }

  // Words, numbers and single signs, with where they end.
  const tokensOf = (text) => [...text.matchAll(/[\p{L}\p{N}\p{M}_]+|[^\p{L}\p{N}\p{M}_\s]/gu)];

  // The text with what is not in the reference underlined: all tokens outside a longest common subsequence.
  function compared(text, reference) {
    const given = tokensOf(text);
    const wanted = tokensOf(reference).map((token) => token[0]);
    if (given.length * wanted.length > 160000) return [text];
    const width = wanted.length + 1;
    const longest = new Uint16Array((given.length + 1) * width);
    for (let i = given.length - 1; i >= 0; i--) {
      for (let j = wanted.length - 1; j >= 0; j--) {
        longest[i * width + j] = given[i][0] === wanted[j]
          ? longest[(i + 1) * width + j + 1] + 1
          : Math.max(longest[(i + 1) * width + j], longest[i * width + j + 1]);
      }
    }
    const parts = [];
    let written = 0;
    let j = 0;
    given.forEach((token, i) => {
      while (j < wanted.length && token[0] !== wanted[j] && longest[i * width + j + 1] > longest[(i + 1) * width + j]) j++;
      if (j < wanted.length && token[0] === wanted[j]) {
        j++;
        return;
      }
      parts.push(text.slice(written, token.index), make("span", "differs", token[0]));
      written = token.index + token[0].length;
    });
    return [...parts, text.slice(written)];
  }

  // Text of data or a model: isolated in its own direction, and folded where it is long.
  function prose(text, className, parts) {
    const content = text === "" ? [make("span", "faint", "(empty)")] : parts || [text];
    const block = make("div", "text " + (className || ""), ...content);
    block.dir = "auto";
    if (text.length < 500 && text.split("\n").length < 10) return block;
    block.classList.add("folded");
    const button = make("button", "unfold", "Show all");
    button.type = "button";
    button.setAttribute("aria-expanded", "false");
    button.addEventListener("click", () => {
      const folded = block.classList.toggle("folded");
      button.textContent = folded ? "Show all" : "Show less";
      button.setAttribute("aria-expanded", String(!folded));
    });
    return make("div", "", block, button);
  }

  function mark(score) {
    if (!data.binary) return make("span", "mark", data.metric + " " + (100 * score).toFixed(1));
    const right = score === 1;
    return make("span", "mark " + (right ? "right" : "wrong"), icon(right ? "right" : "wrong"), right ? "right" : "wrong");
  }

  function milliseconds(seconds) {
    return seconds < 1 ? Math.round(1000 * seconds) + " ms" : seconds.toFixed(2) + " s";
  }

  function answerCell(answer, way, reference) {
    const side = data.binary ? (answer.score === 1 ? " right" : " wrong") : "";
    const head = make("div", "answer-head", make("bdi", "way", data.ways[way].title), mark(answer.score));
    const facts = [answer.promptTokens + " tokens in", answer.outputTokens + " out", milliseconds(answer.seconds)];
    const meta = make("div", "meta", facts.join(" · "));
    if (!answer.ended) meta.append(" · ", make("span", "warn", "cut off"));
    if (answer.thumb) meta.append(" · ", answer.thumb === "up" ? "👍 by a person" : "👎 by a person");
    if (answer.dropped > 0) meta.append(" · ", make("span", "warn", answer.dropped + " shots did not fit"));
    const parts = data.compare && answer.score < 1 ? compared(answer.text, reference) : undefined;
    return make("div", "answer" + side + (way === data.tuned ? " tuned" : ""), head, prose(answer.text, "", parts), meta);
  }

  function verdictTag(row) {
    if (keeps("wins", row)) return make("span", "tag wins", "fine-tuned wins");
    if (keeps("loses", row)) return make("span", "tag loses", "fine-tuned loses");
    if (keeps("fail", row)) return make("span", "tag", "all fail");
    return "";
  }

  function sentPrompts(row) {
    return row.answers.map((answer, way) => {
      const { title, promptStart, promptEnd } = data.ways[way];
      const shots = answer.shots.map((id) => {
        const shot = data.shots[id] || { question: "", answer: "" };
        return make("li", "", make("bdi", "faint", id), prose(shot.question), make("div", "shot-answer", "→ ", make("bdi", "", shot.answer)));
      });
      const block = make("div", "sent", make("h4", "", make("bdi", "", title)));
      if (shots.length > 0) block.append(make("div", "label", "Shots"), make("ol", "shots", ...shots));
      block.append(make("div", "label", "Prompt as sent"), prose(promptStart + answer.prompt + promptEnd, "mono"));
      return block;
    });
  }

  function card(row) {
    const head = make("div", "row-head", make("bdi", "row-id", row.id), verdictTag(row));
    const input = make("div", "input", make("div", "label", row.earlier > 0 ? "Input, after " + row.earlier + " turns" : "Input"), prose(row.question));
    const reference = make("div", "reference", make("div", "label", "Reference"), prose(row.reference));
    const answers = make("div", "answers", ...row.answers.map((answer, way) => answerCell(answer, way, row.reference)));
    const note = row.note ? make("div", "note", make("div", "label", "Note"), prose(row.note)) : "";
    const details = make("details", "", make("summary", "", "Shots and prompts as sent"));
    details.addEventListener("toggle", () => {
      if (details.open && details.childElementCount === 1) details.append(make("div", "sent-all", ...sentPrompts(row)));
    });
    return make("li", "row", head, make("div", "ask", input, reference), answers, note, details);
  }

  for (const button of buttons) {
    button.append(" ", make("span", "number", String(kept[button.dataset.filter].size)));
    button.addEventListener("click", () => {
      filter = button.dataset.filter;
      apply();
    });
  }
  let waiting;
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(apply, 150);
  });
  new IntersectionObserver(
    (entries) => entries.some((entry) => entry.isIntersecting) && showMore(),
    { rootMargin: "1200px" },
  ).observe(document.getElementById("more"));
  apply();
})();
`;
