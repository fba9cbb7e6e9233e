/** Presence colours as people choose and see them: an index, a name, a CSS variable. */

export const PRESENCE_NAMES = [
  "Blue",
  "Pink",
  "Teal",
  "Amber",
  "Violet",
  "Rust",
  "Green",
  "Sky",
] as const;

/** The variable that holds the colour in the viewer's own theme; out-of-range indexes wrap. */
export function presenceColor(presence: number): string {
  const count = PRESENCE_NAMES.length;
  const index = ((Math.trunc(presence) % count) + count) % count;
  return `var(--presence-${String(Number.isFinite(index) ? index : 0)})`;
}
