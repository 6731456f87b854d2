/** The model that the corpus is judged for by everybody who asks for one: the bundled one with a strict template. */

export const maxLength = 512;

/** As many published templates do, it takes an optional system message and then user and assistant in turn. */
export const template = [
  "{%- set turns = messages -%}",
  "{%- if messages[0].role == 'system' -%}",
  "  {{- messages[0].content + '\\n' -}}",
  "  {%- set turns = messages[1:] -%}",
  "{%- endif -%}",
  "{%- if tools -%}{{- 'Tools: ' + (tools | tojson) + '\\n' -}}{%- endif -%}",
  "{%- set seen = namespace(role='assistant') -%}",
  "{%- for message in turns -%}",
  "  {%- if message.role not in ['user', 'assistant', 'tool'] -%}",
  "    {{- raise_exception('Unknown role: ' + message.role) -}}",
  "  {%- endif -%}",
  "  {%- if (message.role == 'user') != (seen.role == 'assistant') and message.role != 'tool' -%}",
  "    {{- raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') -}}",
  "  {%- endif -%}",
  "  {%- set seen.role = 'assistant' if message.role == 'assistant' and not message.tool_calls else 'user' -%}",
  "  {{- message.role + ': ' -}}",
  "  {%- if message.content -%}{{- message.content -}}{%- endif -%}",
  "  {%- for call in message.tool_calls or [] -%}",
  "    {%- set given = call.function.arguments -%}",
  "    {{- call.function.name + ' ' + (given if given is string else given | tojson) -}}",
  "  {%- endfor -%}",
  "  {%- if message.role == 'assistant' -%}{{- '<|end|>' -}}{%- endif -%}",
  "  {{- '\\n' -}}",
  "{%- endfor -%}",
  "{%- if add_generation_prompt -%}{{- 'assistant: ' -}}{%- endif -%}",
].join("\n");
