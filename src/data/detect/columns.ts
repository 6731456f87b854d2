/** Names that columns of training data have, and what does not look like a name. */
import { namesOfPairs } from "../formats/pairs.ts";
import { labelNames, textNames } from "../formats/two-column.ts";

/** What trainers look for, as they spell it. */
export const knownColumns: ReadonlySet<string> = new Set([
  ...textNames,
  ...labelNames,
  ...namesOfPairs.flatMap(({ question, answer, context, system }) => [
    question,
    answer,
    ...(context === undefined ? [] : [context]),
    ...(system === undefined ? [] : [system]),
  ]),
  ...["prompt", "completion", "instruction", "output", "history"],
  ...["messages", "conversations", "chosen", "rejected"],
]);

const longestName = 60;
const mostWords = 5;

/** Whether it reads as a text or a number, rather than as the name of a column. */
export function looksLikeValue(name: string): boolean {
  if (name.length > longestName || /^[-+]?\d+(?:[.,]\d+)?$/.test(name)) return true;
  const words = name.split(/\s+/).length;
  return words > mostWords || (words > 1 && /[.?!…]["”»)]?$/.test(name));
}
