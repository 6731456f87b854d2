/** The closer look below the charts: what is confused with what, and which fields are wrong. */
import type { Comparison } from "../comparison.ts";
import { count, percent } from "../figures.ts";
import type { ConfusionBreakdown, FieldBreakdown, LabelScore } from "../metrics/metric.ts";
import { html, type Markup } from "./html.ts";

/** Beyond this many labels a matrix is no longer readable, and the frequent confusions are listed instead. */
const largestMatrix = 16;

/** For the fine-tuned model and the prompting it is compared with; undefined where the task has no closer look. */
export function breakdownSection(comparison: Comparison): Markup | undefined {
  const of = (id: string) => ({
    title: comparison.ways.find((way) => way.id === id)!.title,
    breakdown: comparison.summaries.find(({ way }) => way === id)!.breakdown,
  });
  const prompting = of(comparison.baseline);
  const tuned = of(comparison.tuned);
  if (prompting.breakdown?.kind === "confusion" && tuned.breakdown?.kind === "confusion") {
    return confusionSection(
      { title: prompting.title, breakdown: prompting.breakdown },
      { title: tuned.title, breakdown: tuned.breakdown },
    );
  }
  if (prompting.breakdown?.kind === "fields" && tuned.breakdown?.kind === "fields") {
    return fieldsSection(
      { title: prompting.title, breakdown: prompting.breakdown },
      { title: tuned.title, breakdown: tuned.breakdown },
    );
  }
  return undefined;
}

interface Side<B> {
  title: string;
  breakdown: B;
}

function confusionSection(prompting: Side<ConfusionBreakdown>, tuned: Side<ConfusionBreakdown>): Markup {
  const readable = tuned.breakdown.labels.length <= largestMatrix;
  const figure = (side: Side<ConfusionBreakdown>) => html`<figure>
<figcaption><bdi>${side.title}</bdi></figcaption>
${readable ? confusionMatrix(side.breakdown) : frequentConfusions(side.breakdown)}
</figure>`;
  return html`<section aria-labelledby="labels-title"><h2 id="labels-title">${readable ? "Confusion matrix" : "Most frequent confusions"}</h2>
<p class="faint">${readable ? "Rows are the references, columns the answers; darker means more rows. Other: an answer that is no known label." : `There are ${tuned.breakdown.labels.length} labels, too many for a matrix.`}</p>
<div class="pair">${figure(prompting)}${figure(tuned)}</div>
${labelTable(prompting, tuned)}</section>`;
}

function confusionMatrix({ labels, counts }: ConfusionBreakdown): Markup {
  const columns = [...labels, "other"];
  const row = (label: string, r: number) => {
    const rows = counts[r]!.reduce((sum, n) => sum + n, 0);
    const cell = (n: number, c: number) => {
      const shade = n === 0 ? 0 : Math.max(1, Math.round((8 * n) / rows));
      return html`<td class="${c === r ? "hit" : "miss"} shade-${shade}">${n === 0 ? html`<span class="nil">·</span>` : n}</td>`;
    };
    return html`<tr><th scope="row"><bdi title="${label}">${label}</bdi></th>${counts[r]!.map(cell)}</tr>`;
  };
  return html`<div class="scroll"><table class="confusion"><thead><tr><td></td>${columns.map((label) => html`<th scope="col"><bdi title="${label}">${label}</bdi></th>`)}</tr></thead>
<tbody>${labels.map(row)}</tbody></table></div>`;
}

function frequentConfusions({ labels, counts }: ConfusionBreakdown): Markup {
  const columns = [...labels, "other"];
  const pairs = counts
    .flatMap((row, r) =>
      row.map((n, c) => ({ n, reference: labels[r]!, answer: columns[c]!, wrong: c !== r })),
    )
    .filter(({ n, wrong }) => wrong && n > 0)
    .sort((a, b) => b.n - a.n)
    .slice(0, 12);
  if (pairs.length === 0) return html`<p>No row is confused.</p>`;
  return html`<table class="plain"><thead><tr><th scope="col">Reference</th><th scope="col">Answer</th><th scope="col" class="number">Rows</th></tr></thead>
<tbody>${pairs.map(({ n, reference, answer }) => html`<tr><td><bdi>${reference}</bdi></td><td><bdi>${answer}</bdi></td><td class="number">${n}</td></tr>`)}</tbody></table>`;
}

function labelTable(prompting: Side<ConfusionBreakdown>, tuned: Side<ConfusionBreakdown>): Markup {
  const f1 = ({ rows, f1 }: LabelScore) => (rows === 0 ? "–" : (100 * f1).toFixed(1));
  const row = (label: LabelScore, i: number) =>
    html`<tr><td><bdi>${label.label}</bdi></td><td class="number">${count(label.rows)}</td><td class="number">${f1(prompting.breakdown.perLabel[i]!)}</td><td class="number">${f1(label)}</td><td class="number">${percent(label.precision)}</td><td class="number">${percent(label.recall)}</td></tr>`;
  return html`<details><summary>Each label</summary><div class="scroll"><table class="plain"><thead><tr><th scope="col">Label</th><th scope="col" class="number">Rows</th><th scope="col" class="number">F1, ${prompting.title}</th><th scope="col" class="number">F1, ${tuned.title}</th><th scope="col" class="number">Precision, ${tuned.title}</th><th scope="col" class="number">Recall, ${tuned.title}</th></tr></thead>
<tbody>${tuned.breakdown.perLabel.map(row)}</tbody></table></div></details>`;
}

function fieldsSection(prompting: Side<FieldBreakdown>, tuned: Side<FieldBreakdown>): Markup {
  const share = ({ rows, right }: FieldBreakdown["fields"][number]) => percent(right / rows);
  return html`<section aria-labelledby="fields-title"><h2 id="fields-title">Fields</h2>
<div class="scroll"><table class="plain"><thead><tr><th scope="col">Field</th><th scope="col" class="number">Rows</th><th scope="col" class="number">Right, ${prompting.title}</th><th scope="col" class="number">Right, ${tuned.title}</th></tr></thead>
<tbody>${tuned.breakdown.fields.map((field, i) => html`<tr><td><bdi><code>${field.field}</code></bdi></td><td class="number">${count(field.rows)}</td><td class="number">${share(prompting.breakdown.fields[i]!)}</td><td class="number">${share(field)}</td></tr>`)}</tbody></table></div></section>`;
}
