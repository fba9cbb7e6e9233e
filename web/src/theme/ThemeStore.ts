/** Light or dark: the person's choice, the system's wish, and what is shown now. */

import type { SafeStorage } from "../api/storage";

export type ThemeChoice = "system" | "light" | "dark";
export type ThemeMode = "light" | "dark";

export interface ThemeSnapshot {
  readonly choice: ThemeChoice;
  readonly mode: ThemeMode;
}

const KEY = "codeinterview.theme";

/**
 * Owns `data-theme` of the root element. `system` starts as the desktop app's theme inside the app,
 * as `prefers-color-scheme` elsewhere, and follows the latter when it changes.
 */
export class ThemeStore {
  readonly #storage: SafeStorage;
  readonly #root: HTMLElement;
  readonly #query: MediaQueryList;
  /** What the app said when the page was loaded; the system's signal is newer once it comes. */
  #desktop: ThemeMode | null;
  readonly #listeners = new Set<() => void>();
  #snapshot: ThemeSnapshot;

  constructor(options: {
    storage: SafeStorage;
    root: HTMLElement;
    query: MediaQueryList;
    desktop: ThemeMode | null;
  }) {
    this.#storage = options.storage;
    this.#root = options.root;
    this.#query = options.query;
    this.#desktop = options.desktop;
    const stored = this.#storage.get(KEY);
    this.#snapshot = this.#resolve(stored === "light" || stored === "dark" ? stored : "system");
    this.#paint();
    this.#query.addEventListener("change", this.#onSystemChange);
  }

  getSnapshot = (): ThemeSnapshot => this.#snapshot;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  choose(choice: ThemeChoice): void {
    if (choice === "system") this.#storage.remove(KEY);
    else this.#storage.set(KEY, choice);
    this.#update(choice);
  }

  dispose(): void {
    this.#query.removeEventListener("change", this.#onSystemChange);
    this.#listeners.clear();
  }

  readonly #onSystemChange = (): void => {
    this.#desktop = null;
    this.#update(this.#snapshot.choice);
  };

  #update(choice: ThemeChoice): void {
    this.#snapshot = this.#resolve(choice);
    this.#paint();
    for (const listener of this.#listeners) listener();
  }

  #resolve(choice: ThemeChoice): ThemeSnapshot {
    const system = this.#desktop ?? (this.#query.matches ? "dark" : "light");
    return { choice, mode: choice === "system" ? system : choice };
  }

  #paint(): void {
    this.#root.dataset["theme"] = this.#snapshot.mode;
  }
}
