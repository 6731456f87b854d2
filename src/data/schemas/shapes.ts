/** What the formats' schemas share. Descriptions are what editors show at a key: short, and true for every trainer. */
import type { Schema } from "../../protocol/schema-parts.ts";

/** A text that has to be there. */
export function said(description: string): Schema {
  return { type: "string", description };
}

/** A text that may be absent; exporters write null for that. */
export function maybeSaid(description: string): Schema {
  return { type: ["string", "null"], description };
}

/** An object that knows all its keys. */
export function closed(
  description: string,
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[] = [],
): Schema {
  return { type: "object", description, properties, required, additionalProperties: false };
}

/** Anything, for keys that only say where a row comes from. */
function about(description: string): Schema {
  return { description };
}

/** Keys that known datasets have beside the data. Nobody means them by another key. */
export const metadata: Readonly<Record<string, Schema>> = {
  id: about("Names the row; not learned."),
  source: about("Where the row comes from; not learned."),
  metadata: about("Facts about the row; not learned."),
};

export const systemText = maybeSaid("What the model is told before the conversation; not learned.");

const parameters: Schema = {
  type: ["object", "null"],
  description: "JSON Schema of the arguments.",
};

export const functionDeclaration = closed(
  "A function that the model may call.",
  {
    name: said("The function's name."),
    description: maybeSaid("What it does, for the model to choose by."),
    parameters,
    strict: { type: ["boolean", "null"], description: "Whether arguments must fit the schema exactly." },
    response: { type: ["object", "null"], description: "JSON Schema of what it gives back." },
  },
  ["name"],
);

export const tools: Schema = {
  type: ["array", "string", "null"],
  description: "Functions that the model may call: a list, or that list as a JSON string.",
  items: {
    type: "object",
    description: "A tool.",
    properties: {
      type: { enum: ["function"], description: "Always `function`." },
      function: functionDeclaration,
    },
  },
};

const functionCall = closed(
  "The function to call.",
  {
    name: said("The function's name."),
    arguments: {
      type: ["string", "object", "null"],
      description: "Its arguments: JSON as a string (OpenAI, Mistral), or the object itself.",
    },
  },
  ["name"],
);

const contentPart: Schema = {
  type: "object",
  description: "A part of the content.",
  properties: {
    type: {
      enum: ["text", "image_url", "image", "input_audio", "file"],
      description: "What the part is. Tunesmith learns text only.",
    },
    text: said("The part's text."),
    image_url: { description: "An image, by address or data." },
    image: { description: "An image." },
    input_audio: { description: "A sound." },
    file: { description: "A file." },
    weight: { enum: [0, 1], description: "0 keeps the part in the context without learning it (Axolotl)." },
    train: { type: "boolean", description: "Whether the part is learned (Axolotl)." },
  },
};

export const content: Schema = {
  type: ["string", "array", "null"],
  description: "What is said: a text, or a list of parts. May be null beside tool calls.",
  items: contentPart,
};

export const weight: Schema = {
  enum: [0, 1],
  description: "On an assistant's message: 0 keeps it in the context without learning it, 1 learns it.",
};

export const role: Schema = {
  enum: ["system", "developer", "user", "assistant", "tool", "function"],
  description:
    "Who speaks: `system` sets the frame, `user` asks, `assistant` answers and is learned, `tool` gives a call's result.",
};

/** Axolotl's way to leave messages out; Tunesmith reads the first. */
const training: Readonly<Record<string, Schema>> = {
  train: { type: ["boolean", "null"], description: "Whether the message is learned (Axolotl)." },
  train_detail: {
    type: ["array", "null"],
    description: "Which stretches of the text are learned (Axolotl).",
    items: closed("A stretch.", {
      begin_offset: { type: "integer", description: "First character." },
      end_offset: { type: "integer", description: "Last character." },
      train: { type: "boolean", description: "Whether it is learned." },
    }),
  },
};

/** A message in OpenAI's form. */
export const message: Schema = {
  ...closed(
    "A message: who speaks, and what is said.",
    {
      role,
      content,
      name: maybeSaid("The speaker's or the tool's name."),
      weight,
      tool_calls: {
        type: ["array", "null"],
        description: "Functions that the assistant calls.",
        items: closed("A call.", {
          id: maybeSaid("Names the call; the tool's message repeats it as `tool_call_id`."),
          type: { enum: ["function"], description: "Always `function`." },
          function: functionCall,
          index: { type: "integer", description: "Position among the calls." },
          name: said("The function's name, where it is not inside `function`."),
          arguments: {
            type: ["string", "object"],
            description: "Its arguments, where they are not inside `function`.",
          },
        }),
      },
      tool_call_id: maybeSaid("On a tool's message: the call that it answers."),
      function_call: {
        ...functionCall,
        type: ["object", "null"],
        description: "One call, in the older form; `tool_calls` has replaced it.",
      },
      reasoning_content: maybeSaid("What the model thinks before it answers; some templates write it."),
      thinking: maybeSaid("What the model thinks before it answers; some templates write it."),
      refusal: maybeSaid("A refusal, as OpenAI's answers have it."),
      ...training,
    },
    ["role"],
  ),
  anyOf: [{ required: ["content"] }, { required: ["tool_calls"] }, { required: ["function_call"] }],
};

/** Text, or a list of messages. */
export function textOrMessages(description: string): Schema {
  return { type: ["string", "array"], description, items: message };
}

/** A turn in ShareGPT's form; `role` and `content` are read too. */
export const turn: Schema = {
  ...closed("A turn: who speaks, and what is said.", {
    from: {
      enum: ["system", "human", "user", "gpt", "assistant", "tool", "observation", "function_call"],
      description:
        "Who speaks: `human` asks, `gpt` answers and is learned, `function_call` calls a tool, `observation` gives its result.",
    },
    value: said("What is said; for `function_call` the call as JSON."),
    role,
    content,
    weight,
    name: maybeSaid("The speaker's or the tool's name."),
    tool_calls: message.properties!.tool_calls!,
    tool_call_id: message.properties!.tool_call_id!,
    ...training,
  }),
  anyOf: [
    { required: ["from", "value"] },
    { required: ["role", "content"] },
    { required: ["role", "tool_calls"] },
  ],
};

export const turns: Schema = { type: "array", description: "The turns, in order.", items: turn };
