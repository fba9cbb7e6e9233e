/**
 * The languages that run in the sandbox, one row each.
 *
 * A row names a module of `sandbox/languages`; that module implements `WorkerLanguage`. HTML is
 * no row: it is shown by `HtmlPreview`, not run in a worker.
 */

export interface LanguageRow {
  readonly id: string;
  readonly label: string;
}

export const LANGUAGES: Readonly<Record<string, LanguageRow>> = {
  javascript: { id: "javascript", label: "JavaScript" },
  python: { id: "python", label: "Python" },
};
