/** Browser storage that never throws: blocked or full storage falls back to this page's memory. */

export type StorageArea = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** Reading and writing survive private modes, full quotas and storage switched off by policy. */
export class SafeStorage {
  readonly #open: () => StorageArea | null;
  readonly #memory = new Map<string, string>();

  /** @param open gives the area; browsers may throw even on reading `window.localStorage`. */
  constructor(open: () => StorageArea | null) {
    this.#open = open;
  }

  get(key: string): string | null {
    const kept = this.#memory.get(key);
    if (kept !== undefined) return kept;
    try {
      return this.#open()?.getItem(key) ?? null;
    } catch {
      return null;
    }
  }

  set(key: string, value: string): void {
    try {
      const area = this.#open();
      if (area !== null) {
        area.setItem(key, value);
        this.#memory.delete(key);
        return;
      }
    } catch {
      // Kept in memory below: lasts until the page is reloaded.
    }
    this.#memory.set(key, value);
  }

  remove(key: string): void {
    this.#memory.delete(key);
    try {
      this.#open()?.removeItem(key);
    } catch {
      // Nothing was stored there either.
    }
  }

  /** Parses a stored JSON object; anything else that may be there reads as null. */
  getObject(key: string): Record<string, unknown> | null {
    const text = this.get(key);
    if (text === null) return null;
    try {
      const value: unknown = JSON.parse(text);
      return typeof value === "object" && value !== null && !Array.isArray(value)
        ? (value as Record<string, unknown>)
        : null;
    } catch {
      return null;
    }
  }
}
