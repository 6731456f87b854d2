/**
 * The recipe file's settings: what each means, what it may be and what it is when left out. The method's own settings
 * are in `methods/`. `recipeJsonSchema` is the whole as one JSON Schema (draft 2020-12), for editors.
 */
import { methods } from "../methods/index.ts";
import {
  choice,
  flag,
  integer,
  inWords,
  object,
  orNull,
  type Schema,
  text,
} from "../protocol/schema-parts.ts";

/** A part of the training rows or a file of its own; 0 is none. */
function rows(description: string): Schema {
  return {
    anyOf: [
      { type: "number", minimum: 0, exclusiveMaximum: 1 },
      { type: "integer", minimum: 1 },
      { type: "string", minLength: 1 },
    ],
    title: "a share from 0 to below 1, a whole number of rows, or a file's name",
    default: 0.1,
    description,
  };
}

/** How often something happens, as Hugging Face's Trainer counts it: below 1 a share of the run, else steps. */
function every(description: string): Schema {
  return {
    anyOf: [
      { type: "number", exclusiveMinimum: 0, exclusiveMaximum: 1 },
      { type: "integer", minimum: 1 },
    ],
    title: "a share of the run above 0 and below 1, or a whole number of steps",
    default: 0.1,
    description: `${description} Below 1: a share of the whole run; else a number of steps.`,
  };
}

/** By the names of `src/data/formats`, which a test compares: this room may not import that one. */
export const dataFormats = [
  "auto",
  "preference",
  "openai-preference",
  "kto",
  "mistral",
  "chat",
  "sharegpt",
  "gemini",
  "prompt-completion",
  "alpaca",
  "pairs",
  "slots",
  "two-column",
  "text",
] as const;

export const schedules = ["constant", "linear", "cosine"] as const;
export const losses = ["completions", "everything"] as const;
export const devices = ["cpu", "webgpu"] as const;

const data = object(
  "The examples. File names are relative to the recipe.",
  {
    train: text("The training rows: a .jsonl, .json, .csv or .txt file."),
    validation: rows(
      "Rows that choose the checkpoint and the prompting; taken from the training rows unless a file.",
    ),
    test: rows(
      "Rows kept for the comparison, never read in training; taken from the training rows unless a file.",
    ),
    format: choice("The rows' shape; found from the first rows when auto.", dataFormats, "auto"),
    columns: orNull(
      object(
        "Which columns hold question and answer, for rows in no known shape. A dot reaches inside: userInput.text.",
        {
          input: text("The column of the question."),
          output: text("The column of the answer; an object is learned as JSON."),
          system: text("A column with a system message."),
        },
        ["input", "output"],
      ),
    ),
  },
  ["train"],
);

const train = object("How to train.", {
  epochs: orNull(
    integer("Times every training row is seen. 3 when neither epochs nor steps is set.", 1, 10_000),
  ),
  steps: orNull(integer("Updates of the weights, instead of epochs.", 1, 100_000_000)),
  batchSize: integer("Rows computed at once.", 1, 4096, 4),
  gradientAccumulation: integer("Batches summed into one update.", 1, 65_536, 2),
  learningRate: {
    type: "number",
    exclusiveMinimum: 0,
    maximum: 1,
    description: `Peak learning rate. When left out: ${Object.entries(methods)
      .map(([name, method]) => `${method.learningRate} for ${name}`)
      .join(", ")}.`,
  },
  schedule: choice("How the learning rate falls after the warm-up.", schedules, "cosine"),
  warmupRatio: orNull({
    type: "number",
    minimum: 0,
    maximum: 1,
    description:
      "Share of the run in which the learning rate rises. 0.05 when neither this nor warmupSteps is set.",
  }),
  warmupSteps: orNull(
    integer("Steps in which the learning rate rises, instead of warmupRatio.", 0, 100_000_000),
  ),
  maxLength: integer("Tokens of a row; the rest is cut away.", 2, 1_048_576, 512),
  seed: integer("Seed of everything random: split, order, dropout, initial adapter.", 0, 4_294_967_295, 7),
  weightDecay: {
    type: "number",
    minimum: 0,
    maximum: 1,
    default: 0,
    description: "AdamW's decoupled decay; norms and biases have none.",
  },
  beta1: {
    type: "number",
    minimum: 0,
    exclusiveMaximum: 1,
    default: 0.9,
    description: "AdamW's first decay rate.",
  },
  beta2: {
    type: "number",
    minimum: 0,
    exclusiveMaximum: 1,
    default: 0.999,
    description: "AdamW's second decay rate.",
  },
  epsilon: {
    type: "number",
    exclusiveMinimum: 0,
    maximum: 1,
    default: 1e-8,
    description: "AdamW's epsilon.",
  },
  maxGradientNorm: orNull({
    type: "number",
    exclusiveMinimum: 0,
    default: 1,
    description: "The gradient's global norm is clipped to this; null clips nothing.",
  }),
  loss: choice("Learn the answers only, or every token of a row.", losses, "completions"),
  evaluateEvery: every("How often the validation loss is measured."),
  earlyStopping: orNull(
    object(
      "Stops when the validation loss no longer falls; null trains to the end.",
      { patience: integer("Validations in a row without a new best.", 1, 10_000) },
      ["patience"],
    ),
  ),
  gradientCheckpointing: flag(
    "Compute activations again instead of keeping them: less memory, about a third slower.",
    false,
  ),
  keepBest: flag("The result is the checkpoint with the lowest validation loss, not the last one.", true),
  checkpointEvery: every("How often the run's state is saved, so that it can be continued."),
  threads: integer(
    "Processor threads; 0 takes one per core, and leaves one core free where there are more than two.",
    0,
    1024,
    0,
  ),
});

/** All of a recipe but the inside of `method`, whose schema its name decides. */
export const recipeSchema = object(
  "A fine-tuning run of Tunesmith.",
  {
    $schema: text("The schema's address, for editors."),
    model: text('The base model: "tiny" (bundled), a folder, or a name on the Hugging Face hub.'),
    data,
    method: { type: "object", default: { name: "lora" }, description: "The tuning method and its settings." },
    train: { ...train, default: {} },
    device: choice("Where to compute.", devices, "cpu"),
  },
  ["model", "data"],
);

/** The recipe's whole JSON Schema, for editors and for `ajv` elsewhere. */
export function recipeJsonSchema(): object {
  const method: EditorSchema = {
    description: "The tuning method and its settings.",
    oneOf: Object.values(methods).map((entry) => entry.schema),
    default: { name: "lora" },
  };
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Tunesmith recipe",
    ...forEditors({ ...recipeSchema, properties: { ...recipeSchema.properties, method } }),
    defaultSnippets: [{ label: "a recipe", description: "A run with usual settings.", body: usualRecipe }],
  };
}

const usualRecipe = {
  model: "tiny",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the editor's placeholder
  data: { train: "${1:train.jsonl}" },
  method: { name: "lora" },
  train: { epochs: 3 },
};

/** Written when a key is completed, where there is no default: one that another setting decides, or none at all. */
const suggestions: Readonly<Record<string, unknown>> = {
  model: "tiny",
  epochs: 3,
  steps: 200,
  learningRate: 2e-4,
  warmupRatio: 0.05,
  warmupSteps: 10,
  alpha: 32,
  patience: 5,
};

interface EditorSchema extends Schema {
  oneOf?: readonly Schema[];
}

/** Adds what VS Code shows beyond the standard: what is allowed and the default in hovers, values in completions. */
function forEditors(schema: EditorSchema, key = ""): object {
  const { description, default: byDefault, properties, oneOf } = schema;
  const isObject = properties !== undefined || oneOf !== undefined;
  const facts = [
    isObject ? "" : inWords(schema),
    isObject || byDefault === undefined ? "" : `default \`${JSON.stringify(byDefault)}\``,
  ].filter(Boolean);
  return {
    ...schema,
    ...(description && { markdownDescription: [description, facts.join("; ")].filter(Boolean).join("\n\n") }),
    ...(key in suggestions && { defaultSnippets: [{ body: suggestions[key] }] }),
    ...(oneOf && { oneOf: oneOf.map((option) => forEditors(option)) }),
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, inner]) => [name, forEditors(inner, name)]),
      ),
    }),
  };
}
