// The README's pictures of the linter, made by driving the packaged extension in the real VS Code:
// `node --import tsx scripts/screenshots-linting.mjs`. The dataset is faulty on purpose.
import { join } from "node:path";
import { installCodeServer } from "../test/peers/install.mjs";
import { ensureInstalled, root } from "./install.mjs";

ensureInstalled();
process.env.TUNESMITH_CODE_SERVER ??= installCodeServer();
const { openEditor } = await import("../test/editor/editor.ts");

const row = (user, assistant, role = "assistant") =>
  JSON.stringify({
    messages: [
      { role: "user", content: user },
      { role, content: assistant },
    ],
  });
const rows = [
  row("Where is my parcel?", "It is on its way. You can follow it with the number in your confirmation."),
  row("How do I change my address?", "Open Settings, then Addresses, and choose the one to change."),
  row("Can I pay on invoice?", "Yes, from the second order on.", "asistant"),
  row("What does delivery cost?", ""),
  row("Where is my parcel?", "Please write to the carrier."),
  row("Who can I call?", "Call Anna at +49 30 901820 or write to anna.berg@posteo.de."),
  row("Is there a student price?", "### Response: Ten percent, with a valid card.<|im_end|>"),
  row(
    "How do I return something?",
    "Print the label from your account and bring the parcel to any post office.",
  ),
  row("How do I change my address?", "Open Settings, then Addresses, and choose the one to change."),
  row("What are your opening hours?", "We answer from Monday to Friday, nine to five.").replace(
    '"content": ',
    '"content" ',
  ),
  row("Do you ship to Norway?", "Yes. Customs may ask for duties; they are paid on delivery."),
  row("May I cancel?", "Until the parcel is packed: open the order and choose Cancel."),
];
const size = { width: 1280, height: 720 };
const editor = await openEditor({
  files: { "support.jsonl": `${rows.join("\n")}\n` },
  size,
  settings: { "editor.wordWrap": "off", "editor.minimap.enabled": false },
});
const { page } = editor;
const picture = async (name) => {
  await page.mouse.move(size.width / 2, size.height - 4);
  await page.waitForTimeout(600);
  const path = join(root, "docs", "images", `${name}.png`);
  await page.screenshot({ path, animations: "disabled", caret: "hide" });
  console.log(path);
};
try {
  await editor.openFile("support.jsonl");
  await editor.statusBarItem(/12 examples.*tokens.*problems/).waitFor();
  await editor.runCommand("View: Toggle Problems");
  await page.getByText("unknown-role").first().waitFor();
  await picture("linting");
  await editor.runCommand("View: Close Panel").catch(() => editor.runCommand("View: Toggle Problems"));
  await editor.runCommand("Tunesmith: Preview as the model sees it");
  const preview = await editor.webviewFrame(/Preview|sees/i);
  await preview
    .getByText(/learned/)
    .first()
    .waitFor();
  await picture("preview");
} finally {
  await editor.dispose();
}
