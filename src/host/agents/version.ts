/** Whether this VS Code can offer models of an extension in its chat. Knows nothing of VS Code. */

/** From this version on VS Code tells a provider reliably that a request was cancelled. */
const cancelsSince = [1, 127];

export function canOffer(vscodeVersion: string): boolean {
  const [major = 0, minor = 0] = vscodeVersion.split(".").map(Number);
  return major > cancelsSince[0]! || (major === cancelsSince[0] && minor >= cancelsSince[1]!);
}
