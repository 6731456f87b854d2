/** A whole conversation as a template has written it, in ChatML or Llama 3's form, and the messages it was made of. */

export interface RenderedMessage {
  role: string;
  content: string;
}

interface Form {
  open: string;
  /** Behind the role. */
  roleEnd: string;
  close: string;
}

const forms: readonly Form[] = [
  { open: "<|im_start|>", roleEnd: "\n", close: "<|im_end|>" },
  { open: "<|start_header_id|>", roleEnd: "<|end_header_id|>", close: "<|eot_id|>" },
];

/** Undefined where the text is anything else, or holds no question with its answer. */
export function renderedMessages(text: string): RenderedMessage[] | undefined {
  const trimmed = text.trim().replace(/^(?:<\|begin_of_text\|>|<s>|<bos>)\s*/, "");
  const form = forms.find(({ open }) => trimmed.startsWith(open));
  if (!form) return undefined;
  const messages: RenderedMessage[] = [];
  for (const turn of trimmed.slice(form.open.length).split(form.open)) {
    const message = messageOf(turn, form);
    if (!message) return undefined;
    messages.push(message);
  }
  // What asks for an answer is written with an empty one.
  if (messages.at(-1)?.content === "") messages.pop();
  const has = (role: string) => messages.some((message) => message.role === role);
  return has("user") && has("assistant") ? messages : undefined;
}

function messageOf(turn: string, { roleEnd, close }: Form): RenderedMessage | undefined {
  const roleAt = turn.indexOf(roleEnd);
  const role = turn.slice(0, roleAt < 0 ? turn.length : roleAt).trim();
  if (!/^(?:system|user|assistant|tool)$/.test(role)) return undefined;
  const rest = roleAt < 0 ? "" : turn.slice(roleAt + roleEnd.length);
  const closeAt = rest.indexOf(close);
  const behind = closeAt < 0 ? "" : rest.slice(closeAt + close.length);
  if (!/^\s*(?:<\|endoftext\|>|<\|end_of_text\|>)?\s*$/.test(behind)) return undefined;
  return { role, content: (closeAt < 0 ? rest : rest.slice(0, closeAt)).trim() };
}
