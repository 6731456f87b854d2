/** The editor's theme, for what is drawn rather than styled, and word when it changes. */

/** The value of one of VS Code's variables: `themeColor("--vscode-charts-blue")`. */
export function themeColor(variable: string, otherwise = "#808080"): string {
  return getComputedStyle(document.body).getPropertyValue(variable).trim() || otherwise;
}

/** A colour with less of it: canvas takes what CSS takes. */
export function faint(color: string, share: number): string {
  return `color-mix(in srgb, ${color} ${Math.round(100 * share)}%, transparent)`;
}

export function isHighContrast(): boolean {
  return /\bvscode-high-contrast/.test(document.body.className);
}

export function reducesMotion(): boolean {
  return (
    document.body.classList.contains("vscode-reduce-motion") ||
    matchMedia("(prefers-reduced-motion: reduce)").matches
  );
}

/** Calls back when another theme came: VS Code says so by the body's class and the root's variables. */
export function onThemeChange(changed: () => void): void {
  const observer = new MutationObserver(changed);
  observer.observe(document.body, { attributes: true, attributeFilter: ["class", "data-vscode-theme-id"] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["style"] });
}
