/** VS Code's four default themes, with what the compare page uses beyond other panels. */
import { themes as base, type ThemeName } from "../../webview/dev/themes.ts";

const dark = {
  "widget-shadow": "#0000005c",
  "input-placeholderForeground": "#989898",
  "dropdown-background": "#313131",
  "dropdown-border": "#3c3c3c",
  "dropdown-foreground": "#cccccc",
  "menu-background": "#1f1f1f",
  "menu-foreground": "#cccccc",
  "menu-border": "#454545",
  "list-inactiveSelectionBackground": "#37373d",
  "scrollbarSlider-background": "#79797966",
  "diffEditor-insertedTextBackground": "#9ccc2c33",
  "diffEditor-removedTextBackground": "#ff000033",
};

const light = {
  ...dark,
  "widget-shadow": "#00000029",
  "input-placeholderForeground": "#767676",
  "dropdown-background": "#ffffff",
  "dropdown-border": "#cecece",
  "dropdown-foreground": "#3b3b3b",
  "menu-background": "#ffffff",
  "menu-foreground": "#3b3b3b",
  "menu-border": "#cecece",
  "list-inactiveSelectionBackground": "#e4e6f1",
  "scrollbarSlider-background": "#64646466",
};

const bare = {
  "diffEditor-insertedTextBackground": "#00000000",
  "diffEditor-removedTextBackground": "#00000000",
};
const contrast = {
  ...dark,
  ...bare,
  "input-placeholderForeground": "#ffffffb3",
  "dropdown-background": "#000000",
  "dropdown-border": "#6fc3df",
  "dropdown-foreground": "#ffffff",
  "menu-background": "#000000",
  "menu-foreground": "#ffffff",
  "menu-border": "#6fc3df",
  "list-inactiveSelectionBackground": "#00000000",
};
const contrastLight = {
  ...light,
  ...bare,
  "input-placeholderForeground": "#292929b3",
  "dropdown-border": "#0f4a85",
  "dropdown-foreground": "#292929",
  "menu-foreground": "#292929",
  "menu-border": "#0f4a85",
  "list-inactiveSelectionBackground": "#0f4a851a",
};

const more: Record<ThemeName, Record<string, string>> = {
  dark,
  light,
  "high-contrast": contrast,
  "high-contrast-light": contrastLight,
};

export const themeNames = Object.keys(base) as ThemeName[];
export type { ThemeName };

/** The body's class, and the root's variables with their whole names. */
export function themeOf(name: ThemeName): { bodyClass: string; variables: Record<string, string> } {
  const { bodyClass, variables } = base[name];
  const named = Object.entries({ ...variables, ...more[name] }).map(([key, value]) => [
    `--vscode-${key}`,
    value,
  ]);
  return { bodyClass, variables: Object.fromEntries(named) };
}
