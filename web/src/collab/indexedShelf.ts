/** The shelf of unsent edits in the browser's IndexedDB; plain http pages have it too. */

import type { Kept, Shelf } from "./unsentEdits";

const NAME = "codeinterview";
const STORE = "unsent";
/** Longer than any interview lives; what is older belongs to nobody. */
const KEPT_FOR_MS = 7 * 24 * 3600 * 1000;

export class IndexedShelf implements Shelf {
  readonly #factory: IDBFactory;
  #database: Promise<IDBDatabase> | null = null;

  constructor(factory: IDBFactory) {
    this.#factory = factory;
  }

  async load(room: string): Promise<readonly Kept[]> {
    const store = (await this.#open()).transaction(STORE, "readwrite").objectStore(STORE);
    const oldest = Date.now() - KEPT_FOR_MS;
    const all = await done<unknown[]>(store.getAll());
    const kept: Kept[] = [];
    for (const record of all) {
      if (!isKept(record)) continue;
      if (record.keptAtMs < oldest) store.delete([record.room, record.page]);
      else if (record.room === room) kept.push(record);
    }
    return kept;
  }

  async put(record: Kept): Promise<void> {
    const transaction = (await this.#open()).transaction(STORE, "readwrite");
    await done(transaction.objectStore(STORE).put(record));
  }

  async remove(record: Pick<Kept, "room" | "page" | "keptAtMs">): Promise<void> {
    const store = (await this.#open()).transaction(STORE, "readwrite").objectStore(STORE);
    const key = [record.room, record.page];
    const found = await done<unknown>(store.get(key));
    if (isKept(found) && found.keptAtMs === record.keptAtMs) await done(store.delete(key));
  }

  #open(): Promise<IDBDatabase> {
    this.#database ??= new Promise<IDBDatabase>((resolve, reject) => {
      const request = this.#factory.open(NAME, 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore(STORE, { keyPath: ["room", "page"] });
      };
      request.onsuccess = () => {
        const database = request.result;
        database.onclose = database.onversionchange = () => {
          database.close();
          this.#database = null;
        };
        resolve(database);
      };
      request.onerror = () => {
        reject(request.error ?? new Error("IndexedDB cannot be opened"));
      };
    }).catch((error: unknown) => {
      this.#database = null;
      throw error;
    });
    return this.#database;
  }
}

/** The browser's shelf; null where storage is switched off. */
export function browserShelf(): Shelf | null {
  try {
    return typeof indexedDB === "undefined" ? null : new IndexedShelf(indexedDB);
  } catch {
    return null;
  }
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => {
      resolve(request.result);
    };
    request.onerror = () => {
      reject(request.error ?? new Error("IndexedDB failed"));
    };
  });
}

function isKept(value: unknown): value is Kept {
  if (typeof value !== "object" || value === null) return false;
  const { room, page, state, keptAtMs } = value as Partial<Record<keyof Kept, unknown>>;
  return (
    typeof room === "string" &&
    typeof page === "string" &&
    state instanceof Uint8Array &&
    typeof keptAtMs === "number"
  );
}
