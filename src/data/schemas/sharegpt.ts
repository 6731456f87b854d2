import type { Schema } from "../../protocol/schema-parts.ts";
import { closed, metadata, systemText, tools, turns } from "./shapes.ts";

export const sharegpt: Schema = {
  ...closed("A conversation in ShareGPT's form.", {
    conversations: { ...turns, minItems: 1 },
    conversation: { ...turns, description: "The turns, under the name that some datasets have." },
    system: systemText,
    tools,
    images: { description: "Images that the turns speak of, in order." },
    videos: { description: "Videos that the turns speak of, in order." },
    audios: { description: "Sounds that the turns speak of, in order." },
    ...metadata,
  }),
  anyOf: [{ required: ["conversations"] }, { required: ["conversation"] }],
};
