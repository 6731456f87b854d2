/** Words that stand where a text should be. */

/** For "there is no input", as Alpaca's data and its descendants spell it. */
const noInput =
  /^[<[(]?(?:no[ _-]?input(?: (?:is |was )?(?:required|needed|necessary|provided|given|available|specified))?|n\/a|not applicable|input not (?:required|needed|applicable|provided|available))[>\])]?[.!]?$/i;
/** These can be words of the language, too. */
const maybeNoInput = /^(?:none|null|nil|nan|na|undefined|empty|-+|\.{2,}|…)\.?$/i;
const unwritten =
  /^[<[(]?(?:todo|tbd|tba|fixme|to be (?:done|added|written|filled(?: in)?|completed|determined)|placeholder|(?:your |insert |add |the )?(?:answer|response|output|text|content|prompt|question|completion|instruction) (?:goes )?here|lorem ipsum|x{3,}|asdf+)[>\])]?[.:!…]*$/i;
/** "TODO: ask Marta": what whoever writes the answers has noted for themselves. */
const noted = /^[<[(*#/]{0,2} ?(?:TODO|FIXME|TBD|XXX)(?: ?\([\w .@-]{1,30}\))? ?[:–—-] ?\S/;
const longestNote = 200;
/** Whoever asks for tasks gets them so. */
const aboutTasks = /to-?do\b|\btbd\b|fixme|\btasks?\b|\bnotes?\b|comment|remind|\blist\b|\bcode\b|```/i;
/** What pandas writes for a cell that is empty. */
const emptyCell = /^(?:nan|NaN)$/;

export type Placeholder = "no-input" | "maybe-no-input" | "unwritten" | "empty-cell" | "not-applicable";

/** What a text that is nothing but a placeholder stands for. */
export function placeholderOf(text: string): Placeholder | undefined {
  const word = text.trim();
  if (word.length < 2 && word !== "-" && word !== "…") return undefined;
  if (/^n\/a\.?$/i.test(word)) return "not-applicable";
  if (noInput.test(word)) return "no-input";
  if (unwritten.test(word)) return "unwritten";
  if (emptyCell.test(word)) return "empty-cell";
  return maybeNoInput.test(word) ? "maybe-no-input" : undefined;
}

/** Whether an answer is nothing but a note that somebody has still to write it; `asked` is all that was said before. */
export function isNoteToSelf(answer: string, asked: readonly string[]): boolean {
  const text = answer.trim();
  if (text.length > longestNote || text.includes("\n") || !noted.test(text)) return false;
  return !asked.some((each) => aboutTasks.test(each));
}

export interface Filler {
  start: number;
  end: number;
  what: "picture" | "variable" | "filler";
}

const attached =
  /<\s?(?:picture|image|photo|screenshot|figure|file|video|audio|attachment|document)s? (?:is |are |was )?(?:attached|omitted|missing|here|not included)\s?>/gi;
const doubled = /(?<![${\\])\{\{ ?([A-Za-z_][A-Za-z0-9_ .-]{0,40}) ?\}\}(?!\})/g;
/** In single braces only names that prompts' variables have: anything else may be code, a set or a formula. */
const single =
  /(?<![\w${\\^_"'=(])\{(input|inputs|question|context|instruction|prompt|query|topic|document|passage|answer|response|output|completion|user_input|user_message|user_name|username|first_name|last_name|customer_name|company_name|product_name|name|date|input_text|source_text|article)\}(?![\w}"'])/g;
const latin = /lorem ipsum dolor sit amet/gi;
/** Whoever speaks of templates means them. */
const aboutTemplates =
  /template|placeholder|jinja|handlebars|mustache|liquid|variable|f-string|\bf['"]|= ?\{|\.format\(|interpolat|curly|brace|parameter|\{%|<\/|=>|\bdef \b|\bvue\b|angular|latex|\\[a-z]+\{|\bletter\b|```/i;

/** Stretches of a longer text that somebody has forgotten to fill. */
export function fillersIn(text: string): Filler[] {
  const found: Filler[] = [];
  const add = (pattern: RegExp, what: Filler["what"]) => {
    for (const { index, 0: match } of text.matchAll(pattern)) {
      found.push({ start: index, end: index + match.length, what });
    }
  };
  if (text.includes("<")) add(attached, "picture");
  if (text.includes("{") && !aboutTemplates.test(text)) {
    add(doubled, "variable");
    add(single, "variable");
  }
  if (text.includes("orem ")) add(latin, "filler");
  return found.sort((a, b) => a.start - b.start);
}

/** Whether texts with variables are what was asked for. */
export function speaksOfTemplates(text: string): boolean {
  return aboutTemplates.test(text) || text.includes("{{");
}
