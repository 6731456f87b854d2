/** Small models that the examples of token rules are for: templates in the manner of well-known ones. */
import type { ExampleModel } from "../rules/rule.ts";

const header = "{{ '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}";
const opening = "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

export const chatml: ExampleModel = {
  name: "ChatML",
  template: `{% for message in messages %}${header}{% endfor %}${opening}`,
  tokenizer: "chatml",
};

const alternating =
  "{% if (message.role == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}" +
  "{% if message.role == 'user' %}{{ '[INST] ' + message.content + ' [/INST]' }}{% else %}{{ ' ' + message.content + eos_token }}{% endif %}";

export const mistral: ExampleModel = {
  name: "in the manner of Mistral 7B: turns alternate",
  template: `{{ bos_token }}{% for message in messages %}${alternating}{% endfor %}`,
  tokenizer: "llama2",
};

export const gemma: ExampleModel = {
  name: "in the manner of Gemma: no system message, turns alternate",
  template: `{{ bos_token }}{% if messages[0].role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}{% for message in messages %}${alternating}{% endfor %}`,
  tokenizer: "llama2",
};

export const qwen: ExampleModel = {
  name: "in the manner of Qwen3: earlier thoughts are dropped",
  template:
    "{% for message in messages %}{% set content = message.content %}{% if message.role == 'assistant' and not loop.last %}{% set content = content.split('</think>')[-1].strip('\\n') %}{% endif %}{{ '<|im_start|>' + message.role + '\\n' + content + '<|im_end|>\\n' }}{% endfor %}" +
    opening,
  tokenizer: "chatml",
};

export const deepseek: ExampleModel = {
  name: "in the manner of DeepSeek-R1: the prompt opens a thought, which a finished turn drops",
  template:
    "{{ bos_token }}{% for message in messages %}{% if message.role == 'assistant' %}{{ '<|assistant|>' + message.content.split('</think>')[-1] + eos_token }}{% else %}{{ '<|user|>' + message.content }}{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|><think>\\n' }}{% endif %}",
  tokenizer: "llama2",
};

export const withoutEnd: ExampleModel = {
  name: "a template that ends no turn with a control token",
  template:
    "{% for message in messages %}{{ (message.role | upper) + ': ' + message.content + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ 'ASSISTANT: ' }}{% endif %}",
  tokenizer: "chatml",
};
