/** Questions about something that is not there: "the article above" with nothing above. */

export interface Unseen {
  start: number;
  end: number;
  what: "text" | "media" | "address";
}

const things =
  "article|passage|paragraph|text|excerpt|document|essay|story|poem|email|letter|transcript|review|conversation|dialogue|code|snippet|table|list|data|dataset";
const media =
  "images?|pictures?|photos?|photographs?|screenshots?|figures?|diagrams?|charts?|graphs?|files?|documents?|pdfs?|attachments?|videos?|audio|recordings?|spreadsheets?";
const above = new RegExp(
  `\\b(?:the|this) (?:above (?:${things})|(?:${things}) (?:above|provided above|given above))\\b`,
  "i",
);
const below = new RegExp(`\\b(?:the|this) (?:${things}) (?:below|provided below|given below)\\b`, "i");
const attached = new RegExp(
  `\\b(?:the )?(?:attached|enclosed|uploaded) (?:${media})\\b|\\b(?:the |this )(?:${media}) (?:attached|enclosed|(?:shown )?(?:above|below))\\b|\\b(?:in|from|of) this (?:image|picture|photo|photograph|screenshot|video)\\b`,
  "i",
);
const address = /\bhttps?:\/\/[^\s<>"']{4,300}/;
const toRead =
  /\b(?:summari[sz]e|summary of|read (?:the|this)|rewrite|paraphrase|translate|review|analy[sz]e|proofread|edit|according to|based on|main (?:idea|point)s? of|key (?:point|takeaway)s? (?:of|from|in))\b/i;
/** In every text that is found. */
const names = /above|below|attached|enclosed|uploaded|http|this (?:image|pic|photo|screen|video)/;
/** What is asked of a text; who only mentions one, as "see the table below" does, asks nothing. */
const asks =
  /\?|\b(?:answer|find|identify|classify|extract|explain|correct|complete|continue|describe|list|give|write|convert|use|using|tell|determine|evaluate|compare|generate|create|solve)\b/i;
/** So much text may be what is meant. */
const enough = 80;
const longest = 400;

/** `hasMedia`: the row has images or other files; what it names may be those. */
export function unseenIn(text: string, hasMedia: boolean): Unseen | undefined {
  if (!names.test(text)) return undefined;
  const isTask = toRead.test(text) || asks.test(text);
  if (isTask && text.includes("above")) {
    const match = above.exec(text);
    if (
      match &&
      text.slice(0, match.index).trim().length < enough &&
      lengthBehind(text, match) < 2 * enough
    ) {
      return found(match, "text");
    }
  }
  if (isTask && text.includes("below")) {
    const match = below.exec(text);
    if (match && match.index < enough && lengthBehind(text, match) < enough / 4) return found(match, "text");
  }
  if (text.length > longest) return undefined;
  if (!hasMedia) {
    const match = attached.exec(text);
    if (match && !/\n\s*\S/.test(text.slice(match.index))) return found(match, "media");
  }
  if (!text.includes("http") || !toRead.test(text)) return undefined;
  const match = address.exec(text);
  if (!match || text.length - match[0].length > 120) return undefined;
  return text.slice(match.index).trim().includes("\n") ? undefined : found(match, "address");
}

function lengthBehind(text: string, match: RegExpExecArray): number {
  return text.slice(match.index + match[0].length).trim().length;
}

function found(match: RegExpExecArray, what: Unseen["what"]): Unseen {
  return { start: match.index, end: match.index + match[0].length, what };
}
