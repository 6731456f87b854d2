/** Conversations that no template expects, or that teach nothing. */
import { type BrokenFile, wrongRow } from "./files.ts";
import { message, questions } from "./rows.ts";

const [question, answer] = questions[6]!;
const user = message("user", question);
const assistant = message("assistant", answer);
const thanks = message("user", "Thank you, that helps.");
const json = (value: unknown) => JSON.stringify(value);
const chat = (...messages: unknown[]) =>
  `{"messages": [${messages.map((each) => (typeof each === "string" ? each : json(each))).join(", ")}]}`;

const level = "conversation";
const tool = {
  type: "function",
  function: {
    name: "stock",
    description: "How many of an article there are.",
    parameters: {
      type: "object",
      properties: { article: { type: "string" }, city: { type: "string", enum: ["Leeds", "York"] } },
      required: ["article"],
    },
  },
};
const called = (call: string, result = json({ role: "tool", tool_call_id: "call00001", content: "12" })) =>
  `{"messages": [${json(message("user", "Do you have the lamp?"))}, {"role": "assistant", "content": null, "tool_calls": [${call}]}, ${result}, ${json(message("assistant", "Yes, twelve of them."))}], "tools": [${json(tool)}]}`;
const call = (args: string, name = '"stock"') =>
  `{"id": "call00001", "type": "function", "function": {"name": ${name}, "arguments": ${args}}}`;
const goodArguments = json('{"article": "lamp", "city": "Leeds"}');

/** The sound file that those with tools are compared with. */
export const toolRow = called(call(goodArguments));
export const systemRow = chat(message("system", "You work at a shop."), user, assistant);

export const conversation: readonly BrokenFile[] = [
  wrongRow('{"messages": «[]»}', {
    id: "no-messages",
    level,
    defect: "A conversation without messages",
    kind: "chat",
  }),
  wrongRow(chat(user, `{"role": «"assistnat"», "content": ${json(answer)}}`), {
    id: "misspelt-role",
    level,
    defect: "A misspelt role: `assistnat`",
    kind: "chat",
  }),
  wrongRow(chat(user, `{"role": «"gpt"», "content": ${json(answer)}}`), {
    id: "foreign-role",
    level,
    defect: "ShareGPT's role in an OpenAI chat: `gpt`",
    kind: "chat",
  }),
  wrongRow(
    `{"conversations": [{"from": «"hummany"», "value": ${json(question)}}, {"from": "gpt", "value": ${json(answer)}}]}`,
    {
      id: "misspelt-speaker",
      level,
      defect: "ShareGPT: a misspelt speaker, `hummany`",
      kind: "sharegpt",
    },
  ),
  wrongRow(
    chat(
      user,
      assistant,
      `«${json(message("system", "Answer in French."))}»`,
      thanks,
      message("assistant", "De rien."),
    ),
    {
      id: "late-system",
      level,
      defect: "A system message in the middle",
      kind: "chat",
      control: "chat-with-system",
    },
  ),
  wrongRow(
    chat(
      message("system", "You work at a shop."),
      `«${json(message("system", "Be brief."))}»`,
      user,
      assistant,
    ),
    {
      id: "two-systems",
      level,
      defect: "Two system messages",
      kind: "chat",
      control: "chat-with-system",
    },
  ),
  wrongRow(chat(`«${json(message("assistant", "Good morning!"))}»`, user, assistant), {
    id: "assistant-first",
    level,
    defect: "The assistant speaks first",
    kind: "chat",
  }),
  wrongRow(chat(user, `«${json(message("user", "It is the tall one."))}»`, assistant), {
    id: "user-twice",
    level,
    defect: "Two user messages in a row",
    kind: "chat",
  }),
  wrongRow(
    `{"conversations": [{"from": "human", "value": ${json(question)}}, «{"from": "human", "value": "It is the tall one."}», {"from": "gpt", "value": ${json(answer)}}]}`,
    { id: "speaker-twice", level, defect: "ShareGPT: the human speaks twice in a row", kind: "sharegpt" },
  ),
  wrongRow(chat(user, assistant, `«${json(thanks)}»`), {
    id: "user-last",
    level,
    defect: "The conversation ends with the user",
    kind: "chat",
  }),
  wrongRow(chat(`«${json(user)}»`), {
    id: "no-answer",
    level,
    defect: "A conversation without an answer",
    kind: "chat",
  }),
  wrongRow(chat(user, `{"role": "assistant", "content": ${json(answer)}, "weight": «0»}`), {
    id: "nothing-weighs",
    level,
    defect: "Every answer has weight 0: nothing is learned",
    kind: "chat",
  }),
  wrongRow(called(`{"id": "call00001", "type": "function", «"function": {"arguments": ${goodArguments}}»}`), {
    id: "call-without-name",
    level,
    defect: "A tool call that does not name its function",
    kind: "chat",
    control: "chat-with-tools",
  }),
  wrongRow(called(call(`«${json('{"article": "lamp"')}»`)), {
    id: "arguments-not-json",
    level,
    defect: "A tool call's arguments are not valid JSON",
    kind: "chat",
    control: "chat-with-tools",
  }),
  wrongRow(called(call(`«${json('{"city": "Leeds"}')}»`)), {
    id: "arguments-miss-one",
    level,
    defect: "A tool call without an argument that its schema requires",
    kind: "chat",
    control: "chat-with-tools",
  }),
  wrongRow(called(call(goodArguments, '«"prices"»')), {
    id: "undeclared-tool",
    level,
    defect: "A call of a tool that the row does not declare",
    kind: "chat",
    control: "chat-with-tools",
  }),
  wrongRow(called(call(goodArguments), '{"role": "tool", "tool_call_id": «"call00002"», "content": "12"}'), {
    id: "result-of-no-call",
    level,
    defect: "A tool's result with an id that nothing called",
    kind: "chat",
    control: "chat-with-tools",
  }),
  wrongRow(`{"prompt": "${question}", "chosen": "${answer}", "rejected": «"${answer}"»}`, {
    id: "chosen-is-rejected",
    level,
    defect: "Preference: chosen and rejected are the same",
    kind: "preference",
  }),
  wrongRow(`{"prompt": "${question}", "chosen": «""», "rejected": "${answer}"}`, {
    id: "chosen-is-empty",
    level,
    defect: "Preference: the chosen answer is empty",
    kind: "preference",
  }),
];
