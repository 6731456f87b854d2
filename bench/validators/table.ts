/** The table as Markdown: docs/validators.md. */
import { broken, sound } from "./corpus.ts";
import { judge, type Outcome, type Validator } from "./judge.ts";
import { maxLength } from "./model.ts";

const signs: Readonly<Record<Outcome, string>> = {
  characters: "✓ characters",
  row: "✓ row",
  file: "✓ file",
  dropped: "dropped silently",
  nothing: "–",
  unread: "",
};

const line = (cells: readonly string[]) =>
  `| ${cells.map((cell) => cell.replace(/(?<!\\)\|/g, "\\|")).join(" | ")} |`;
const head = (cells: readonly string[]) => [line(cells), line(cells.map(() => "---"))];
const nameOf = ({ name, isReal }: Validator) => (isReal ? name : `${name}*`);

export function document(validators: readonly Validator[], date: string): string {
  const judged = broken.map((file) => ({ file, outcomes: validators.map((each) => judge(each, file)) }));
  const levels = [...new Set(broken.map(({ level }) => level))];
  const count = (i: number, wanted: readonly Outcome[], level?: string) =>
    judged.filter(({ file, outcomes }) => (!level || file.level === level) && wanted.includes(outcomes[i]!))
      .length;
  const found = ["characters", "row", "file"] as const;
  const totals = (title: string, wanted: readonly Outcome[]) =>
    line([title, ...validators.map((_, i) => String(count(i, wanted)))]);
  const parts = [
    "# Defects found, by validator",
    "<!-- Written by bench/validators/run.ts: change the corpus or a validator, not this page. -->",
    introduction(validators, date),
    "## In all",
    [
      ...head(["", ...validators.map(nameOf)]),
      line([
        "Found, of those it reads",
        ...validators.map((_, i) => `${count(i, found)} of ${broken.length - count(i, ["unread"])}`),
      ]),
      totals("… with the characters", ["characters"]),
      totals("… with the row", ["row"]),
      totals("… somewhere in the file", ["file"]),
      totals("Dropped silently", ["dropped"]),
      totals("Accepted", ["nothing"]),
      totals("Not in a format that it reads", ["unread"]),
      line([
        `False alarms, of ${sound.length} sound files`,
        ...validators.map(({ kinds, verdicts }) => {
          const read = sound.filter(({ kind }) => kinds.includes(kind));
          const alarmed = read.filter(({ id }) => isAlarm(verdicts[id]));
          return `${alarmed.length} of ${read.length}`;
        }),
      ]),
    ].join("\n"),
    ...levels.flatMap((level) => [
      `## ${level[0]!.toUpperCase()}${level.slice(1)}`,
      [
        ...head(["Defect", ...validators.map(nameOf)]),
        ...judged
          .filter(({ file }) => file.level === level)
          .map(({ file, outcomes }) => line([file.defect, ...outcomes.map((outcome) => signs[outcome])])),
      ].join("\n"),
    ]),
    "## Sound files",
    [
      ...head(["File", ...validators.map(nameOf)]),
      ...sound.map(({ id, kind, what }) =>
        line([
          what,
          ...validators.map(({ kinds, verdicts }) =>
            kinds.includes(kind) ? (isAlarm(verdicts[id]) ? "false alarm" : "quiet") : "",
          ),
        ]),
      ),
    ].join("\n"),
    alarms(validators),
  ];
  return `${parts.join("\n\n")}\n`;
}

const isAlarm = (verdict: Validator["verdicts"][string] | undefined) =>
  verdict !== undefined && (verdict.remarks.length > 0 || verdict.dropped > 0);

function introduction(validators: readonly Validator[], date: string): string {
  const ran = validators.filter(({ isReal }) => isReal).map(({ name, version }) => `${name} ${version}`);
  const told = validators.filter(({ isReal }) => !isReal).map(({ name, version }) => `${name} (${version})`);
  return [
    `${broken.length} small broken files with one defect each, and ${sound.length} sound ones, given to everybody who reads their format. ${date}.\n`,
    `- **Run for real**, as a user would; all but Tunesmith as PyPI has them: ${ran.join(", ")}.`,
    `- **By their documented rules**, marked *: ${told.join(", ")}; pip installs neither, so the checks were written anew from their sources.`,
    [
      "- **What counts.** Whatever a validator raises, warns of or prints about the file that it does not say of the sound",
      "  file as well. *Characters*: the wrong part of the row is named; *row*: its line or number is, or it is quoted;",
      "  *file*: something is wrong somewhere. *Dropped silently*: the row is left out of training and nothing says so.",
      "  Empty: it does not read such files. Where the record as a whole is wrong, its row is as exact as it gets.",
    ].join("\n"),
    [
      "- **For which model.** Everybody who asks for one gets the bundled model with a template that wants user and",
      `  assistant in turn, as many published ones do, and ${maxLength} tokens. Trainers load and tokenize the file and make`,
      "  its batches; no step is taken.",
    ].join("\n"),
    [
      "- **What it is not.** TRL, Axolotl, mlx-lm and LLaMA-Factory are trainers: that they accept a row is no fault of theirs,",
      "  only the reason for a linter. Tunesmith's authors chose the defects. Files have 24 rows, so advice to collect",
      "  fifty (Tunesmith's) or a hundred (openai-python's) is counted only where there are fewer than ten.",
    ].join("\n"),
  ].join("\n");
}

/** What was said of sound files, so that nobody has to believe a count. */
function alarms(validators: readonly Validator[]): string {
  const rows = validators.flatMap(({ name, verdicts, kinds }) =>
    sound.flatMap(({ id, kind, what }) => {
      const verdict = verdicts[id];
      if (!kinds.includes(kind) || !verdict || !isAlarm(verdict)) return [];
      const said = verdict.remarks[0]?.message.replace(/\s+/g, " ") ?? "";
      const text = said.length > 160 ? `${said.slice(0, 160)} …` : said || `${verdict.dropped} rows left out`;
      return [line([name, what.replace("… ", ""), text])];
    }),
  );
  return rows.length === 0
    ? ""
    : ["### What was said of them\n", ...head(["", "File", ""]), ...rows].join("\n");
}
