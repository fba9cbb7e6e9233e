/** The languages a session can be in: names, files, Monaco's ids, icons. */

import { AppWindow, Braces, FileCode2, Palette } from "lucide-react";

import type { Language } from "../api/types";

export interface SourceFile {
  readonly path: string;
  /** Monaco's language id. */
  readonly monaco: string;
}

export interface LanguageInfo {
  readonly id: Language;
  readonly label: string;
  /** The first is the main file. */
  readonly files: readonly [SourceFile, ...SourceFile[]];
}

export const LANGUAGES: readonly LanguageInfo[] = [
  {
    id: "javascript",
    label: "JavaScript",
    files: [{ path: "main.js", monaco: "javascript" }],
  },
  { id: "python", label: "Python", files: [{ path: "main.py", monaco: "python" }] },
  {
    id: "html",
    label: "HTML/CSS",
    files: [
      { path: "index.html", monaco: "html" },
      { path: "style.css", monaco: "css" },
      { path: "script.js", monaco: "javascript" },
    ],
  },
];

/** The row of a language; a language this page does not know reads as plain text in one file. */
export function languageInfo(id: string): LanguageInfo | null {
  return LANGUAGES.find((language) => language.id === id) ?? null;
}

export function languageLabel(id: string): string {
  return languageInfo(id)?.label ?? id;
}

interface LanguageIconProps {
  readonly language: string;
  readonly size?: number;
}

/** A two-letter tile: recognisable at 16 px, the same in both themes, not somebody's trademark. */
export function LanguageIcon({ language, size = 16 }: LanguageIconProps) {
  const text = language === "python" ? "Py" : language === "javascript" ? "JS" : null;
  if (text === null) return <AppWindow size={size} aria-hidden="true" />;
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <rect
        x="0.75"
        y="0.75"
        width="14.5"
        height="14.5"
        rx="3"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
      />
      <text
        x="8"
        y="11.2"
        fill="currentColor"
        fontFamily="Inter Variable, sans-serif"
        fontSize="8"
        fontWeight="700"
        textAnchor="middle"
      >
        {text}
      </text>
    </svg>
  );
}

export function FileIcon({ path, size = 16 }: { readonly path: string; readonly size?: number }) {
  if (path.endsWith(".css")) return <Palette size={size} aria-hidden="true" />;
  if (path.endsWith(".html")) return <AppWindow size={size} aria-hidden="true" />;
  if (path.endsWith(".js")) return <Braces size={size} aria-hidden="true" />;
  return <FileCode2 size={size} aria-hidden="true" />;
}
