/** A job's state with icon and word, as trees and pages show it. */
import { icon } from "./controls.ts";
import { type Child, h } from "./elements.ts";
import { type StateInfo, states, stateWord } from "./states.ts";

export { isActive, stateWord } from "./states.ts";

export function stateBadge(info: StateInfo, ...more: Child[]): HTMLElement {
  const { icon: name, spins } = states[info.state];
  return h(
    "span",
    { class: `state state-${info.state}` },
    icon(name, spins),
    h("span", null, stateWord(info)),
    ...more,
  );
}
