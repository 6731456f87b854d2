/** Records of every format with which nothing is wrong: sixty different ones each, so that rules on whole sets are content. */
const capitals =
  "Norway Oslo, Sweden Stockholm, Denmark Copenhagen, Finland Helsinki, Iceland Reykjavik, Estonia Tallinn, Latvia Riga, Lithuania Vilnius, Poland Warsaw, Germany Berlin, France Paris, Spain Madrid, Portugal Lisbon, Italy Rome, Austria Vienna, Hungary Budapest, Romania Bucharest, Bulgaria Sofia, Greece Athens, Turkey Ankara, Cyprus Nicosia, Malta Valletta, Ireland Dublin, Belgium Brussels, Croatia Zagreb, Serbia Belgrade, Albania Tirana, Ukraine Kyiv, Georgia Tbilisi, Armenia Yerevan, Egypt Cairo, Kenya Nairobi, Ghana Accra, Senegal Dakar, Morocco Rabat, Tunisia Tunis, Angola Luanda, Zambia Lusaka, Uganda Kampala, Rwanda Kigali, Japan Tokyo, China Beijing, Thailand Bangkok, Vietnam Hanoi, Nepal Kathmandu, Indonesia Jakarta, Malaysia Putrajaya, India Delhi, Iran Tehran, Iraq Baghdad, Jordan Amman, Lebanon Beirut, Canada Ottawa, Mexico Mexico-City, Cuba Havana, Peru Lima, Chile Santiago, Bolivia Sucre, Uruguay Montevideo, Colombia Bogota";
const facts = capitals
  .split(", ")
  .map((each) => each.replace("-", " "))
  .map((each) => {
    const [country = "", ...capital] = each.split(" ");
    return { country, capital: capital.join(" ") };
  });

const asks = [
  (country: string) => `What is the capital of ${country}?`,
  (country: string) => `Which city is the seat of government in ${country}?`,
  (country: string) => `I am flying to ${country}. Where do ministers work there?`,
  (country: string) => `Name the capital city, please: ${country}`,
];
const tells = [
  (capital: string) => `It is ${capital}.`,
  (capital: string) => `${capital} is what you are looking for.`,
  (capital: string) => `That would be ${capital}, as of today.`,
  (capital: string) => `The answer is "${capital}".`,
  (capital: string) => `${capital} – also its largest airport, mostly.`,
];

export interface Sound {
  /** Its format's name. */
  format: string;
  /** Keys that hold no nested values: a table can hold it. */
  isFlat?: boolean;
  record(q: string, a: string, place: { country: string; capital: string }, i: number): object;
}

const role = (name: string, content: unknown) => ({ role: name, content });
const from = (name: string, value: string) => ({ from: name, value });
const lookup = {
  type: "function",
  function: {
    name: "find_capital",
    description: "Looks a capital up.",
    parameters: {
      type: "object",
      properties: { country: { type: "string", description: "Its English name." } },
      required: ["country"],
    },
  },
};
const id = (i: number) => `call${String(10000 + i)}`;
const callFor = (country: string, i: number) => ({
  id: id(i),
  type: "function",
  function: { name: "find_capital", arguments: JSON.stringify({ country }) },
});

export const sounds: Readonly<Record<string, Sound>> = {
  chat: {
    format: "chat",
    record: (q, a) => ({ messages: [role("user", q), role("assistant", a)] }),
  },
  "chat with a system message and several turns": {
    format: "chat",
    record: (q, a, { country }) => ({
      messages: [
        role("system", "You know your way around the world."),
        role("user", q),
        role("assistant", a),
        role("user", `Thanks. Have you been to ${country}?`),
        role("assistant", `I have read much about ${country}, but I cannot travel.`),
      ],
    }),
  },
  "chat with weights": {
    format: "chat",
    record: (q, a, { capital }) => ({
      messages: [
        role("user", q),
        { ...role("assistant", "No idea."), weight: 0 },
        role("user", `Think again. It begins with ${capital[0]}.`),
        { ...role("assistant", a), weight: 1 },
      ],
    }),
  },
  "chat with text parts": {
    format: "chat",
    record: (q, a) => ({ messages: [role("user", [{ type: "text", text: q }]), role("assistant", a)] }),
  },
  "chat with tools": {
    format: "chat",
    record: (q, a, { country, capital }, i) => ({
      messages: [
        role("user", q),
        {
          role: "assistant",
          content: null,
          tool_calls: [callFor(country, i)],
        },
        { role: "tool", tool_call_id: id(i), content: JSON.stringify({ capital }) },
        role("assistant", a),
      ],
      tools: [lookup],
    }),
  },
  "mistral-finetune's interactions": {
    format: "mistral",
    record: (q, a) => ({
      system_prompt: "You know your way around the world.",
      interactions: [
        { role: "user", text: q },
        { role: "assistant", text: a },
      ],
    }),
  },
  "mistral-finetune's tools, the last answer alone learned": {
    format: "mistral",
    record: (q, a, { country, capital }, i) => ({
      messages: [
        role("user", q),
        {
          role: "assistant",
          tool_calls: [callFor(country, i)],
        },
        { role: "tool", tool_call_id: id(i), content: JSON.stringify({ capital }) },
        role("assistant", a),
      ],
      available_tools: [lookup],
      only_last: true,
    }),
  },
  ShareGPT: {
    format: "sharegpt",
    record: (q, a) => ({ conversations: [from("human", q), from("gpt", a)] }),
  },
  "ShareGPT with a system message": {
    format: "sharegpt",
    record: (q, a) => ({
      system: "You know your way around the world.",
      conversations: [from("human", q), from("gpt", a)],
    }),
  },
  "ShareGPT's other roles": {
    format: "sharegpt",
    record: (q, a) => ({
      conversations: [from("system", "Be brief."), from("user", q), from("assistant", a)],
    }),
  },
  "ShareGPT with model": {
    format: "sharegpt",
    record: (q, a) => ({ conversations: [from("human", q), from("model", a)] }),
  },
  "ShareGPT with bot": {
    format: "sharegpt",
    record: (q, a) => ({ conversations: [from("human", q), from("bot", a)] }),
  },
  "ShareGPT with chatgpt": {
    format: "sharegpt",
    record: (q, a) => ({ conversations: [from("user", q), from("chatgpt", a)] }),
  },
  "ShareGPT with tools": {
    format: "sharegpt",
    record: (q, a, { country, capital }) => ({
      conversations: [
        from("human", q),
        from("function_call", JSON.stringify({ name: "find_capital", arguments: { country } })),
        from("observation", JSON.stringify({ capital })),
        from("gpt", a),
      ],
      tools: JSON.stringify([lookup.function]),
    }),
  },
  "prompt and completion": {
    format: "prompt-completion",
    isFlat: true,
    record: (prompt, completion) => ({ prompt, completion }),
  },
  "prompt and completion as messages": {
    format: "prompt-completion",
    record: (q, a) => ({ prompt: [role("user", q)], completion: [role("assistant", a)] }),
  },
  Alpaca: {
    format: "alpaca",
    isFlat: true,
    record: (instruction, output) => ({ instruction, input: "", output }),
  },
  "Alpaca with system and history": {
    format: "alpaca",
    record: (q, a, { country, capital }) => ({
      system: "You know your way around the world.",
      instruction: `And how do people from ${capital} greet?`,
      input: `They live in ${country}.`,
      output: `In ${capital} they say what all of ${country} says.`,
      history: [[q, a]],
    }),
  },
  FLAN: { format: "pairs", isFlat: true, record: (inputs, targets) => ({ inputs, targets }) },
  Dolly: {
    format: "pairs",
    isFlat: true,
    record: (instruction, response, { country, capital }, i) => ({
      instruction,
      context: `${country} is governed from ${capital}.`,
      response,
      category: i % 2 === 0 ? "closed_qa" : "information_extraction",
    }),
  },
  OpenOrca: {
    format: "pairs",
    isFlat: true,
    record: (question, response, _, i) => ({
      id: `flan.${i}`,
      system_prompt: "You know your way around the world.",
      question,
      response,
    }),
  },
  "two columns": {
    format: "two-column",
    isFlat: true,
    record: (text, _, __, i) => ({ text, label: ["geography", "travel", "politics"][i % 3] }),
  },
  "two columns with numbers": {
    format: "two-column",
    record: (text, _, __, i) => ({ text, label: i % 3 }),
  },
  slots: {
    format: "slots",
    record: (q, _, { country }) => ({
      userInput: { text: q },
      labels: [
        {
          slot: "country",
          valueSpan: { startIndex: q.indexOf(country), endIndex: q.indexOf(country) + country.length },
        },
      ],
    }),
  },
  text: { format: "text", isFlat: true, record: (q, a) => ({ text: `${q} ${a}` }) },
  "text beside other columns": {
    format: "text",
    record: (q, a, _, i) => ({ text: `${q} ${a}`, url: `https://example.org/${i}`, meta: { n: i } }),
  },
  preferences: {
    format: "preference",
    isFlat: true,
    record: (prompt, chosen, { country }) => ({
      prompt,
      chosen,
      rejected: `Somewhere in ${country}, I guess.`,
    }),
  },
  "preferences as messages": {
    format: "preference",
    record: (q, a, { country }) => ({
      prompt: [role("user", q)],
      chosen: [role("assistant", a)],
      rejected: [role("assistant", `Somewhere in ${country}, I guess.`)],
    }),
  },
  "preferences with the prompt in both": {
    format: "preference",
    record: (q, a, { country }) => ({
      chosen: [role("user", q), role("assistant", a)],
      rejected: [role("user", q), role("assistant", `Somewhere in ${country}, I guess.`)],
    }),
  },
  "OpenAI's preferences": {
    format: "openai-preference",
    record: (q, a, { country }) => ({
      input: { messages: [role("user", q)] },
      preferred_output: [role("assistant", a)],
      non_preferred_output: [role("assistant", `Somewhere in ${country}, I guess.`)],
    }),
  },
  KTO: {
    format: "kto",
    record: (prompt, completion, _, i) => ({ prompt, completion, label: i % 2 === 0 }),
  },
  Gemini: {
    format: "gemini",
    record: (q, a) => ({
      systemInstruction: { role: "system", parts: [{ text: "Be brief." }] },
      contents: [
        { role: "user", parts: [{ text: q }] },
        { role: "model", parts: [{ text: a }] },
      ],
    }),
  },
};

/** @param from the number of the first; below sixty all are different */
export function soundRecords({ record }: Sound, count = facts.length, from = 0): object[] {
  return Array.from({ length: count }, (_, n) => {
    const i = from + n;
    const place = facts[i % facts.length]!;
    const round = i < facts.length ? "" : ` (question ${i})`;
    const q = asks[i % asks.length]!(place.country) + round;
    const a = tells[i % tells.length]!(place.capital) + round;
    return record(q, a, place, i);
  });
}

/** A file of each kind that can hold such records, by name. */
export function soundFiles(sound: Sound, records = soundRecords(sound)): Record<string, string> {
  const lines = records.map((record) => JSON.stringify(record));
  return {
    "data.jsonl": `${lines.join("\n")}\n`,
    "windows.jsonl": `${lines.join("\r\n")}\r\n`,
    "python.jsonl": records.map((record) => `${spaced(record)}\n`).join(""),
    "array.json": JSON.stringify(records),
    "pretty.json": `${JSON.stringify(records, null, 2)}\n`,
    "splits.json": JSON.stringify({ train: records.slice(0, -5), test: records.slice(-5) }, null, 1),
    ...(sound.isFlat && { "table.csv": table(records, ","), "table.tsv": table(records, "\t") }),
  };
}

/** As Python's json.dumps writes: a blank behind colons and commas. */
function spaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}: ${spaced(each)}`);
  return `{${members.join(", ")}}`;
}

function table(records: readonly object[], delimiter: string): string {
  const cell = (value: unknown) => {
    const text = String(value);
    return text.includes(delimiter) || /["\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const rows = [Object.keys(records[0]!), ...records.map((record) => Object.values(record))];
  return rows.map((row) => `${row.map(cell).join(delimiter)}\n`).join("");
}
