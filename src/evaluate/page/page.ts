/**
 * A comparison as one HTML page that needs nothing else: no network, no server, no other file. The same input gives the
 * same text. Its content security policy lets run only the style sheet and the script written here (by hash), so that
 * even a hole in the escaping would run nothing.
 */
import type { Comparison } from "../comparison.ts";
import { count, duration, inSentence, plural, points, scoreText } from "../figures.ts";
import { humanVerdict, type Note } from "../notes.ts";
import { rowFilters, sidesOf } from "../row-filters.ts";
import { summaryFigures } from "../table.ts";
import type { Difference } from "../verdict.ts";
import { breakdownSection } from "./breakdowns.ts";
import { forestPlot, lossPlot, type TrainingCurves } from "./charts.ts";
import { fixed, html, jsonForScript, type Markup } from "./html.ts";
import { pageData } from "./rows.ts";
import { pageScript, pageScriptHash } from "./script.ts";
import { pageStyle, pageStyleHash } from "./style.ts";

/**
 * @param training what to plot of the training; without it, the plot is left out
 * @param notes what people noted on the rows
 */
export function renderComparisonPage(
  comparison: Comparison,
  training?: TrainingCurves,
  notes: readonly Note[] = [],
): string {
  const policy = `default-src 'none'; style-src '${pageStyleHash}'; script-src '${pageScriptHash}'; base-uri 'none'; form-action 'none'`;
  const isAnswered = comparison.rows.length > 0;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${comparison.verdict.headline} – ${comparison.title}</title>
<style>${fixed(pageStyle)}</style>
</head>
<body>
${header(comparison)}
<main>
${verdictSection(comparison)}
${isAnswered && summarySection(comparison, notes)}
${isAnswered && differencesSection(comparison)}
${isAnswered && breakdownSection(comparison)}
${training && trainingSection(training)}
${isAnswered && rowsSection(comparison)}
${integritySection(comparison)}
</main>
<footer>Made by Tunesmith. This page is self-contained and works offline.</footer>
${
  isAnswered &&
  html`<script type="application/json" id="page-data">${jsonForScript(pageData(comparison, notes))}</script>
<script>${fixed(pageScript)}</script>`
}
</body>
</html>
`;
  return page.text;
}

function header({ title, integrity, made, rows, taskTitle }: Comparison): Markup {
  return html`<header><h1>Prompting or fine-tuning? <bdi>${title}</bdi></h1>
<p class="crumb"><bdi>${integrity.base.name}</bdi> on <bdi>${integrity.dataset.name}</bdi> · ${plural(rows.length, "test row")} · ${inSentence(taskTitle)} · <time datetime="${made}">${made.slice(0, 16).replace("T", " ")} UTC</time></p></header>`;
}

function verdictSection(comparison: Comparison): Markup {
  const { verdict, differences } = comparison;
  return html`<section class="verdict ${verdict.outcome}" aria-labelledby="verdict-title">
<h2 class="headline" id="verdict-title">${verdict.headline}</h2>
<p>${verdict.reason}</p>
<p>${verdict.costLine}</p>
${differences[0] && verdictTiles(comparison, differences[0])}</section>`;
}

function verdictTiles(comparison: Comparison, main: Difference): Markup {
  const score = (value: number) => scoreText(value, main.counts !== undefined);
  const { cost } = comparison.verdict;
  const tokens = Math.round(cost.promptTokens.prompting) - Math.round(cost.promptTokens.tuned);
  const seconds = cost.seconds.prompting - cost.seconds.tuned;
  const tile = (figure: string, meaning: string | Markup, className = "") =>
    html`<div class="${className}"><dt>${meaning}</dt><dd>${figure}</dd></div>`;
  const of = (title: string) => html`${inSentence(main.metricTitle)}, <bdi>${title}</bdi>`;
  return html`<dl class="tiles">
${tile(score(main.tuned), of(titleOf(comparison, comparison.tuned)), "tuned")}
${tile(score(main.prompting), of(titleOf(comparison, comparison.baseline)))}
${tile(points(main.difference), "points of difference")}
${tile(count(Math.abs(tokens)), `${tokens >= 0 ? "fewer" : "more"} prompt tokens an answer`)}
${tile(duration(Math.abs(seconds)), `${seconds >= 0 ? "less" : "more"} time an answer`)}
${cost.callsUntilPaid !== undefined && tile(count(cost.callsUntilPaid), "calls until training has paid for itself")}
</dl>`;
}

function summarySection(comparison: Comparison, notes: readonly Note[]): Markup {
  const human = humanVerdict(comparison, notes);
  const figures = summaryFigures(comparison);
  const role = (id: string) => {
    if (id === comparison.tuned) return html`<span class="role">no shots</span>`;
    return id === comparison.baseline && html`<span class="role">best on validation</span>`;
  };
  const row = ({ id, title }: Comparison["ways"][number], w: number) => {
    const cells = figures.map(
      ({ values, intervals }) =>
        html`<td>${values[w]}${intervals && html`<span class="interval">${intervals[w]}</span>`}</td>`,
    );
    return html`<tr class="${id === comparison.tuned ? "tuned" : ""}"><th scope="row"><bdi>${title}</bdi>${role(id)}</th>${cells}</tr>`;
  };
  return html`<section aria-labelledby="summary-title"><h2 id="summary-title">Summary</h2>
<div class="scroll framed"><table class="summary"><thead><tr><th scope="col">Way of asking</th>${figures.map(({ title, help }) => html`<th scope="col" title="${help}">${title}</th>`)}</tr></thead>
<tbody>${comparison.ways.map(row)}</tbody></table></div>${human && html`<p>${human}</p>`}</section>`;
}

function differencesSection(comparison: Comparison): Markup {
  const [main] = comparison.differences;
  return html`<section aria-labelledby="differences-title"><h2 id="differences-title">How much better is the fine-tuned model?</h2>
<p class="faint">Difference in ${inSentence(main!.metricTitle)}, in points, over the same rows, with its 95% interval (${main!.test === "exact McNemar" ? "Newcombe’s paired interval, exact McNemar test" : "paired bootstrap of 10,000 draws"}). ${comparison.complete ? "An interval that crosses zero shows no difference." : "Rows are still to come: the intervals show nothing yet."}</p>
${forestPlot(comparison)}</section>`;
}

function trainingSection(training: TrainingCurves): Markup | undefined {
  const plot = lossPlot(training);
  if (!plot) return undefined;
  const settings = training.settings ?? [];
  return html`<section aria-labelledby="training-title"><h2 id="training-title">Training</h2>
<p class="faint">Loss per trained token (nats) by optimizer step.</p>
${plot}
${settings.length > 0 && html`<dl class="integrity">${settings.map(([name, value]) => html`<div><dt>${name}</dt><dd><bdi>${value}</bdi></dd></div>`)}</dl>`}</section>`;
}

function rowsSection(comparison: Comparison): Markup {
  const { task } = comparison;
  const sides = sidesOf(comparison);
  const legend =
    task.id !== "labels" &&
    html`<p class="faint"><span class="differs">Underlined</span>: not in the reference.</p>`;
  const filters = rowFilters
    .filter(({ applies }) => applies?.(sides) ?? true)
    .map(
      ({ id, title, description }) =>
        html`<button type="button" data-filter="${id}" title="${description}" aria-pressed="${id === "all" ? "true" : "false"}">${title}</button>`,
    );
  return html`<section class="${task.id}" aria-labelledby="rows-title"><h2 id="rows-title">Rows</h2>${legend}
<div class="controls" role="group" aria-label="Filter the rows">
${filters}
<input id="search" type="search" placeholder="Search the texts" aria-label="Search the texts">
</div>
<p id="found" role="status"></p>
<noscript><p>The rows are shown by a script, which this browser does not run. The figures above stand without it.</p></noscript>
<ol id="rows"></ol><div id="more"></div></section>`;
}

function integritySection(comparison: Comparison): Markup {
  const { integrity, choice, task, taskTitle, ways, summaries } = comparison;
  const entry = (name: string, value: Markup | string | readonly Markup[]) =>
    html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
  const named = ({ name, hash }: { name: string; hash: string }) =>
    html`<bdi>${name}</bdi> <code>${hash}</code>`;
  const pairs = (record: Record<string, string | number | boolean>) =>
    Object.entries(record)
      .map(([name, value]) => `${name} ${value}`)
      .join(", ");
  const choices = ways
    .filter(({ id }) => choice.scores[id] !== undefined)
    .map(({ id, title }) => `${title} ${(100 * choice.scores[id]!).toFixed(1)}`)
    .join(", ");
  const dropped = ways
    .map(({ title }, w) => ({ title, rows: summaries[w]?.rowsWithShotsDropped ?? 0 }))
    .filter(({ rows }) => rows > 0)
    .map(({ title, rows }) => `${title}: ${plural(rows, "row")}`)
    .join(", ");
  return html`<section aria-labelledby="integrity-title"><h2 id="integrity-title">What this rests on</h2>
<dl class="integrity">
${entry("Base model", named(integrity.base))}
${entry("Fine-tuned", named(integrity.tuned))}
${entry("Dataset", named(integrity.dataset))}
${integrity.splits.map((split) => entry(`${split.name} rows`, html`${count(split.rows)} <code>${split.hash}</code>`))}
${entry("Overlap", `${plural(integrity.overlap, "test row")} also in the training rows`)}
${entry("Left out", leftOutRows(integrity))}
${entry("Shots cut", dropped === "" ? "none: every shot fitted into the context" : dropped)}
${entry("Task", html`${taskTitle}: <bdi>${task.reason}</bdi>`)}
${entry("Best prompting", choice.pending ? "still being chosen on the validation rows" : `chosen on ${plural(choice.rows, "validation row")} by ${choice.metric}: ${choices}`)}
${entry("Decoding", pairs(integrity.decoding))}
${entry("Seeds", pairs(integrity.seeds))}
${entry("Chat template", html`<code>${integrity.template}</code>`)}
${entry("Machine", integrity.machine)}
</dl></section>`;
}

/** The first few by name; how many more there are. */
function leftOutRows({ leftOut }: Comparison["integrity"]): Markup | string {
  if (leftOut.length === 0) return "no row";
  const named = leftOut.slice(0, 5).map(({ id, reason }) => html`<div><bdi>${id}</bdi>: ${reason}</div>`);
  return html`${plural(leftOut.length, "row")}${named}${leftOut.length > 5 && html`<div>and ${leftOut.length - 5} more</div>`}`;
}

function titleOf({ ways }: Comparison, id: string): string {
  return ways.find((way) => way.id === id)!.title;
}
