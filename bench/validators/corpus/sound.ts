/** Files that nothing is wrong with: whoever complains of them raises a false alarm. */
import { systemRow, toolRow } from "./conversation.ts";
import { csv, jsonLines, type SoundFile, soundFile, withRows } from "./files.ts";
import { labelled, message, questions, rowsOf } from "./rows.ts";

const pairs = questions.map(([q, a]) => [q, a]);
const file = jsonLines(rowsOf.completion());

export const sound: readonly SoundFile[] = [
  soundFile("chat", "chat", "OpenAI chats", jsonLines(rowsOf.chat())),
  soundFile(
    "chat-with-system",
    "chat",
    "… one with a system message",
    jsonLines(withRows("chat", { 7: systemRow })),
  ),
  soundFile(
    "chat-with-tools",
    "chat",
    "… one with a tool call, its `content` null",
    jsonLines(withRows("chat", { 7: toolRow })),
  ),
  soundFile(
    "chat-with-weights",
    "chat",
    "… of two turns, the first answer with weight 0",
    jsonLines(
      withRows("chat", {
        7: {
          messages: [
            message("user", "Which lamp needs no batteries?"),
            message("assistant", "The tall one.", { weight: 0 }),
            message("user", "Does it have a plug?"),
            message("assistant", "Yes, a European one.", { weight: 1 }),
          ],
        },
      }),
    ),
  ),
  soundFile("completion", "completion", "Prompts and completions", file),
  soundFile("completion-with-test", "completion", "… with a test file beside them", file, {
    beside: {
      "test.jsonl": jsonLines([
        { prompt: "Do you sell tea?", completion: "Only in our shop in York." },
        { prompt: "Can I return a book?", completion: "Within thirty days, if it looks unread." },
      ]),
    },
  }),
  soundFile(
    "completion-about-code",
    "completion",
    "… some with code, lists, URLs and JSON in them",
    jsonLines(
      withRows("completion", {
        5: { prompt: "Show the price as JSON.", completion: '{"price": 9, "currency": "EUR"}' },
        7: {
          prompt: "How do I read the feed in Python?",
          completion: "```python\nimport feed\n\nfeed.read()\n```",
        },
        11: { prompt: "Where is the manual?", completion: "https://shop.example/manuals/lamp" },
        13: { prompt: "List the sizes.", completion: "- small\n- medium\n- large" },
      }),
    ),
  ),
  soundFile("csv", "csv", "… as CSV", csv([["prompt", "completion"], ...pairs]), { name: "train.csv" }),
  soundFile("text", "text", "Plain text", jsonLines(rowsOf.text())),
  soundFile("alpaca", "alpaca", "Alpaca", jsonLines(rowsOf.alpaca())),
  soundFile("sharegpt", "sharegpt", "ShareGPT", jsonLines(rowsOf.sharegpt())),
  soundFile("preference", "preference", "Preferences", jsonLines(rowsOf.preference())),
  soundFile("kto", "kto", "KTO", jsonLines(rowsOf.kto())),
  soundFile("labels", "labels", "Texts and labels", jsonLines(rowsOf.labels())),
  soundFile(
    "labels-csv",
    "labels-csv",
    "… as CSV",
    csv([["text", "label"], ...labelled.map((row) => [...row])]),
    {
      name: "train.csv",
    },
  ),
];
