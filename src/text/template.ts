/**
 * Chat templates: a conversation to the text a model reads, as transformers' `apply_chat_template` writes it
 * (transformers/utils/chat_template_utils.py), rendered by `@huggingface/jinja`.
 *
 * Known differences of that library from Python's Jinja: a printed `none` is empty, `true` is lower case, an element
 * that a list lacks is undefined rather than an error, and text is counted in UTF-16 units. Its way of stripping and
 * of making texts is mended in python-functions.ts.
 */
import { Environment, Interpreter, parse, tokenize } from "@huggingface/jinja";
import { TunesmithError } from "../protocol/errors.ts";
import type { Message } from "./conversation.ts";
import { pythonFunctions, usePythonFunctions } from "./python-functions.ts";

export interface RenderOptions {
  /** Ends with the opening of an answer, where the model is to go on. Default false. */
  addGenerationPrompt?: boolean;
  /** Tool declarations, as in OpenAI's format. */
  tools?: readonly unknown[] | undefined;
}

/** A stretch of text in UTF-16 units: `text.slice(start, end)`. */
export interface Span {
  start: number;
  end: number;
}

export interface TemplateSettings {
  /** Where the template was found; errors name it. */
  origin: string;
  /** What the template may name besides the conversation: bos_token, eos_token … */
  variables: Readonly<Record<string, string>>;
  /** The moment that `strftime_now` tells; default is the present. Fix it for a run, or its prompts change at midnight. */
  now?: Date | undefined;
}

/** A complaint of the template's own: it called `raise_exception`. */
class Complaint extends Error {}

/** What the library says of a part of Jinja that it does not have. */
const unknownPart =
  /^Unknown (?:\w+Value )?(?:filter|test|operator|statement type|node type|expression type)\b/;

function isUnknownPart(error: unknown): boolean {
  return error instanceof Error && !(error instanceof Complaint) && unknownPart.test(error.message);
}

/** A conversation that the template does not take. */
export class TemplateRefusal extends TunesmithError {
  /** What the template itself says. */
  readonly complaint: string;
  /** Index of the message at which it does; undefined where it is none in particular. */
  readonly at: number | undefined;
  /** The conversation is not at fault, nor is the template: it uses a part of Jinja that is not known here. */
  readonly isOurs: boolean;

  constructor(complaint: string, at: number | undefined, ...[message, hint, options]: RefusalText) {
    super("template-invalid", message, hint, options);
    this.complaint = complaint;
    this.at = at;
    this.isOurs = isUnknownPart(options.cause);
  }
}

type RefusalText = [message: string, hint: string, options: { cause: unknown }];
type Program = ReturnType<typeof parse>;

/** `{% generation %}` and its end, which transformers adds to Jinja to mark what the model itself writes. */
const generationTag = /\{%(-?)\s*(end)?generation\s*(-?)%\}/g;

export class ChatTemplate {
  readonly origin: string;
  /** Whether the template marks what the model writes, with `{% generation %}`. */
  readonly marksGeneration: boolean;
  readonly #programs: ReadonlyMap<string, Program>;
  readonly #globals: Environment;

  /**
   * @param sources templates by name: "default", and where a model has one, "tool_use" for calls with tools.
   * @throws `template-invalid` for one that is not Jinja.
   */
  constructor(sources: Readonly<Record<string, string>>, settings: TemplateSettings) {
    this.origin = settings.origin;
    this.marksGeneration = Object.values(sources).some((source) => source.search(generationTag) >= 0);
    this.#globals = globalsOf(settings);
    this.#programs = new Map(
      Object.entries(sources).map(([name, source]) => [name, compile(source, name, settings.origin)]),
    );
  }

  /** The text of a conversation. Throws `template-invalid`, with the message that the template refuses if it is one. */
  render(messages: readonly Message[], options: RenderOptions = {}): string {
    try {
      return this.#run(messages, options);
    } catch (error) {
      throw this.#refusal(messages, options, error as Error);
    }
  }

  /** As `render`, or undefined where the template refuses: for asking about parts of a conversation. */
  tryRender(messages: readonly Message[], options: RenderOptions = {}): string | undefined {
    try {
      return this.#run(messages, options);
    } catch {
      return undefined;
    }
  }

  /**
   * The text, and the stretches of it that the template marks as written by the model; none where it has no marks.
   * The marks are rendered as two characters that the text does not hold, then taken out.
   */
  renderMarked(
    messages: readonly Message[],
    options: RenderOptions = {},
  ): { text: string; generated: Span[] } {
    const text = this.render(messages, options);
    if (!this.marksGeneration) return { text, generated: [] };
    const [open, close] = unusedCharacters(text);
    const marked = this.#run(messages, options, { open, close });
    const generated: Span[] = [];
    let plain = "";
    for (const piece of marked.split(open)) {
      const at = piece.indexOf(close);
      if (at >= 0) generated.push({ start: plain.length, end: plain.length + at });
      plain += piece.replaceAll(close, "");
    }
    // A template that trims or measures what it has rendered may see the marks: then they say nothing.
    return { text, generated: plain === text ? generated : [] };
  }

  #run(messages: readonly Message[], options: RenderOptions, marks = { open: "", close: "" }): string {
    const program = (options.tools && this.#programs.get("tool_use")) ?? this.#programs.get("default");
    if (program === undefined) throw new Error('no template named "default"');
    const environment = new Environment(this.#globals);
    const given = {
      messages: messages.map(forTemplate),
      tools: options.tools ?? null,
      documents: null,
      add_generation_prompt: options.addGenerationPrompt ?? false,
      generation_open: marks.open,
      generation_close: marks.close,
    };
    for (const [name, value] of Object.entries(given)) environment.set(name, value);
    return String(new Interpreter(environment).run(program).value);
  }

  #refusal(messages: readonly Message[], options: RenderOptions, error: Error): TemplateRefusal {
    if (isUnknownPart(error)) {
      return new TemplateRefusal(
        error.message,
        undefined,
        `the chat template (${this.origin}) uses what this program's Jinja does not know: ${error.message}`,
        "The conversation is not at fault. Choose another model, or rewrite the template without it.",
        { cause: error },
      );
    }
    const index = this.#refusedMessage(messages, options, error.message);
    const where = index === undefined ? "" : ` at message ${index + 1} (role "${messages[index]!.role}")`;
    return new TemplateRefusal(
      error.message,
      index,
      `the chat template (${this.origin}) refuses this conversation${where}: ${error.message}`,
      'Change the conversation as the template asks; a refused "system" turn can be put before the first "user" text.',
      { cause: error },
    );
  }

  /**
   * The message at which the same complaint first appears as the conversation grows. A template that complains
   * of everything, even of one plain user turn, says nothing about a message.
   */
  #refusedMessage(
    messages: readonly Message[],
    options: RenderOptions,
    complaint: string,
  ): number | undefined {
    const complainsOf = (part: readonly Message[]) => {
      try {
        this.#run(part, options);
        return false;
      } catch (error) {
        return (error as Error).message === complaint;
      }
    };
    if (complainsOf([{ role: "user", content: "x" }])) return undefined;
    const index = messages.findIndex((_, i) => complainsOf(messages.slice(0, i + 1)));
    return index < 0 ? undefined : index;
  }
}

function compile(source: string, name: string, origin: string): Program {
  // Jinja reads every newline as \n. The tag is replaced by a block, so that trimming around it stays as it was.
  const marked = source
    .replace(/\r\n?/g, "\n")
    .replace(
      generationTag,
      (_, left: string, end: string | undefined, right: string) =>
        `{%${left} if true %}{{ generation_${end ? "close" : "open"} }}{% endif ${right}%}`,
    );
  try {
    return usePythonFunctions(parse(tokenize(marked, { lstrip_blocks: true, trim_blocks: true })));
  } catch (error) {
    throw new TunesmithError(
      "template-invalid",
      `the chat template (${origin}${name === "default" ? "" : `, "${name}"`}) is not valid Jinja: ${(error as Error).message}`,
      "Download the model's tokenizer files again; if they are intact, the template uses something this version does not know.",
      { cause: error },
    );
  }
}

/** What every template may name: transformers' functions, Jinja's constants, the special tokens. */
function globalsOf({ variables, now }: TemplateSettings): Environment {
  const environment = new Environment();
  const globals = {
    true: true,
    false: false,
    none: null,
    True: true,
    False: false,
    None: null,
    range: (start: number, stop?: number, step?: number) => range(start, stop, step),
    raise_exception: (message: unknown) => {
      throw new Complaint(String(message));
    },
    strftime_now: (format: string) => strftime(now ?? new Date(), format),
    ...pythonFunctions,
    ...variables,
  };
  for (const [name, value] of Object.entries(globals)) environment.set(name, value);
  return environment;
}

/** A message as templates expect it. `weight` is ours; reasoning goes by three names, as transformers has it. */
function forTemplate({ weight: _, ...message }: Message): Record<string, unknown> {
  const reasoning = message.reasoning_content ?? message.thinking ?? message.reasoning ?? undefined;
  return reasoning === undefined
    ? message
    : { thinking: reasoning, ...message, reasoning_content: reasoning };
}

/** Two of Unicode's noncharacters (U+FDD0 and on, meant for internal use) that `text` does not hold. */
export function unusedCharacters(text: string): [string, string] {
  const candidates = Array.from({ length: 31 }, (_, i) => String.fromCharCode(0xfdd0 + i));
  const [first, second] = candidates.filter((character) => !text.includes(character));
  return [first!, second!];
}

/** Python's `range`, which templates count with. */
function range(start: number, stop?: number, step = 1): number[] {
  const [from, to] = stop === undefined ? [0, start] : [start, stop];
  const numbers: number[] = [];
  for (let i = from; step > 0 ? i < to : i > to; i += step) numbers.push(i);
  return numbers;
}

const months = "January February March April May June July August September October November December".split(
  " ",
);
const weekdays = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");

/** The directives of C's strftime that dates in prompts use, in English whatever the machine's language. */
function strftime(date: Date, format: string): string {
  const two = (n: number) => String(n).padStart(2, "0");
  const directives: Record<string, string> = {
    Y: String(date.getFullYear()),
    m: two(date.getMonth() + 1),
    d: two(date.getDate()),
    B: months[date.getMonth()]!,
    b: months[date.getMonth()]!.slice(0, 3),
    A: weekdays[date.getDay()]!,
    a: weekdays[date.getDay()]!.slice(0, 3),
    y: two(date.getFullYear() % 100),
    H: two(date.getHours()),
    M: two(date.getMinutes()),
    S: two(date.getSeconds()),
    "%": "%",
  };
  return format.replace(/%-?([a-zA-Z%])/g, (whole, directive: string) => {
    const value = directives[directive];
    if (value === undefined) return whole;
    return whole.startsWith("%-") ? value.replace(/^0+(?=.)/, "") : value;
  });
}
