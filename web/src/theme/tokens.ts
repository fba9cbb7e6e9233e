// Generated from design/tokens.json by scripts/generate_tokens.py, do not edit.

export interface Colors {
  readonly canvas: string;
  readonly surface: string;
  readonly raised: string;
  readonly inset: string;
  readonly editor: string;
  readonly text: string;
  readonly muted: string;
  readonly divider: string;
  readonly border: string;
  readonly accent: string;
  readonly accentHover: string;
  readonly onAccent: string;
  readonly accentSoft: string;
  readonly success: string;
  readonly successSoft: string;
  readonly warning: string;
  readonly warningSoft: string;
  readonly danger: string;
  readonly dangerSoft: string;
}

export interface Theme {
  readonly mode: "light" | "dark";
  readonly colors: Colors;
  /** Participants' colours, addressed by the index that travels on the wire. */
  readonly presence: readonly string[];
  readonly presenceLabel: string;
}

export const light: Theme = {
  mode: "light",
  colors: {
    canvas: "#f6f7f9",
    surface: "#ffffff",
    raised: "#ffffff",
    inset: "#eef0f3",
    editor: "#ffffff",
    text: "#1b1f27",
    muted: "#5a6372",
    divider: "#d5d9e0",
    border: "#78808f",
    accent: "#2f5bd8",
    accentHover: "#264cb8",
    onAccent: "#ffffff",
    accentSoft: "#e6ecfb",
    success: "#1b7a43",
    successSoft: "#e3f4ea",
    warning: "#8a5a00",
    warningSoft: "#fbf0d9",
    danger: "#b8322a",
    dangerSoft: "#fbe7e5",
  },
  presence: [
    "#2f5bd8",
    "#b03a6b",
    "#0e7a6d",
    "#8a5a00",
    "#6b47c9",
    "#a8431b",
    "#2c7a2c",
    "#0b6fa4",
  ],
  presenceLabel: "#ffffff",
};

export const dark: Theme = {
  mode: "dark",
  colors: {
    canvas: "#15181e",
    surface: "#1c2027",
    raised: "#252a33",
    inset: "#101318",
    editor: "#181b21",
    text: "#e7eaf0",
    muted: "#a3acba",
    divider: "#333a46",
    border: "#737d8d",
    accent: "#7da0ff",
    accentHover: "#96b3ff",
    onAccent: "#10182b",
    accentSoft: "#223055",
    success: "#58c98a",
    successSoft: "#16301f",
    warning: "#e2b04a",
    warningSoft: "#352a10",
    danger: "#ff8078",
    dangerSoft: "#3a1b19",
  },
  presence: [
    "#7da0ff",
    "#f58fbc",
    "#4fd1bd",
    "#e2b04a",
    "#b89cff",
    "#ffa07a",
    "#7bcb7b",
    "#62bdf0",
  ],
  presenceLabel: "#10131a",
};

export const themes = { light, dark } as const;

export const spacePx = [4, 8, 12, 16, 24, 32, 48] as const;

export const radiusPx = { control: 4, card: 8, dialog: 12 } as const;

export const controlHeightPx = { dense: 32, primary: 40 } as const;

export const typePx = {
  meta: { size: 12, line: 16 },
  ui: { size: 13, line: 20 },
  body: { size: 14, line: 22 },
  heading: { size: 16, line: 24 },
  page: { size: 20, line: 28 },
  joinCode: { size: 28, line: 36 },
} as const;

export const weight = { regular: 400, strong: 600 } as const;

export const motionMs = { hover: 80, panel: 140, dialog: 200 } as const;

export const focusRingPx = { width: 2, offset: 2 } as const;
