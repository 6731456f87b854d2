import { languageOf } from "../detect/language.ts";
import type { Place, RecordView, Rule } from "./rule.ts";

export const languageMix: Rule = {
  id: "language-mix",
  level: "set",
  on: "set",
  severity: "info",
  summary: "A row is in another language than nearly all others",
  rationale:
    "In data of one language, rows in another are often leftovers of scraping, or of a generator that changed its language halfway; a model that learns from them changes its own now and then. Languages are told by script and frequent words; short texts, labels and code count for none, and an answer that was asked for in another language counts for the prompt's. Data in several languages is let be.",
  source:
    "Data-Juicer's `language_id_score_filter`; models that switch languages: DeepSeek-R1's report (2025).",
  options: {
    share: {
      default: 0.9,
      minimum: 0.5,
      maximum: 1,
      description: "Of the rows whose language can be told, more than this share are in one.",
    },
    rows: { default: 20, minimum: 2, description: "In fewer rows, nothing is said." },
  },
  index({ options: { share, rows: fewest } }) {
    const counts = new Map<string, number>();
    let known = 0;
    const change = (language: string | undefined, by: 1 | -1): void => {
      if (language === undefined) return;
      known += by;
      const count = (counts.get(language) ?? 0) + by;
      if (count > 0) counts.set(language, count);
      else counts.delete(language);
    };
    return {
      add: (_id, { language }) => change(language, 1),
      remove: (_id, { language }) => change(language, -1),
      report(rows, report) {
        if (known < fewest! || counts.size < 2) return;
        const [main, most] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a));
        if (most <= share! * known || most === known) return;
        // Not 100 while there are others.
        const percent = Math.min(99, Math.round((100 * most) / known));
        for (const { id, digest } of rows.all()) {
          const { language } = digest;
          if (language === undefined || language === main) continue;
          report({
            id,
            where: (record) => placeOf(record, language),
            message: `seems to be in ${nameOf(language)}; ${percent} % of the rows are in ${nameOf(main)}`,
          });
        }
      },
    };
  },
  bad: [
    {
      text: `${english(5)}{"prompt": "Wie komme ich zum Bahnhof?", "completion": «"Gehen Sie die Straße entlang, und dann ist er auf der linken Seite."»}\n`,
      options: { rows: 5, share: 0.8 },
    },
  ],
  good: [
    {
      text: `${english(5)}{"prompt": "Translate into German: You can not miss the station, it is on the left.", "completion": "Sie können den Bahnhof nicht verfehlen, er ist auf der linken Seite."}\n`,
      options: { rows: 5, share: 0.8 },
      note: "It was asked for.",
    },
    {
      text: `${english(2)}{"prompt": "Wie komme ich zum Bahnhof?", "completion": "Gehen Sie die Straße entlang, und dann ist er auf der linken Seite."}\n`,
      options: { rows: 3, share: 0.8 },
      note: "Data in two languages.",
    },
    {
      text: `${english(5)}{"prompt": "Print the list", "completion": "for (const item of list) console.log(item);"}\n`,
      options: { rows: 5, share: 0.8 },
      note: "Code is in no language of people.",
    },
  ],
};

function english(rows: number): string {
  const line = (i: number) =>
    `{"prompt": "How do I get to station ${i}?", "completion": "You go down the street and it will be on the left, at number ${i}."}\n`;
  return Array.from({ length: rows }, (_, i) => line(i + 1)).join("");
}

function placeOf({ parts }: RecordView, language: string): Place {
  const found = parts.texts.findLast(({ text, side }) => side !== "system" && languageOf(text) === language);
  return found ? { at: found.at } : {};
}

const names = new Intl.DisplayNames("en", { type: "language" });

function nameOf(code: string): string {
  return names.of(code) ?? code;
}
