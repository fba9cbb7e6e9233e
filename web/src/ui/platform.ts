/** The platform's name for the main modifier key. */

/** Whether keyboards here have ⌘ where others have Ctrl. */
export function isApple(userAgent: string = navigator.userAgent): boolean {
  return /Mac|iPhone|iPad/.test(userAgent);
}

/** A chord for people: `chord("Enter")` is "⌘ Enter" or "Ctrl+Enter". */
export function chord(key: string): string {
  return isApple() ? `⌘ ${key}` : `Ctrl+${key}`;
}
