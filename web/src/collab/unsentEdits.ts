/** Edits that the server has not confirmed, kept in IndexedDB so that a reload does not lose them. */

/** Where one page's record lies: `room` is shared by all pages of one participant. */
export interface Kept {
  readonly room: string;
  readonly page: string;
  /** The document's whole state, so that it stands alone whatever the server has lost. */
  readonly state: Uint8Array;
  readonly keptAtMs: number;
}

export interface Shelf {
  /** All pages' records of a room. */
  load(room: string): Promise<readonly Kept[]>;
  put(record: Kept): Promise<void>;
  /** Removes a record unless it was written again since. */
  remove(record: Pick<Kept, "room" | "page" | "keptAtMs">): Promise<void>;
}

/**
 * Writes wait for one another, and the newest wish replaces one that has not been started; only
 * `keepAtOnce` does not wait. Nothing here rejects: where storage does not work, `failing` says so.
 */
export class UnsentEdits {
  readonly #shelf: Shelf | null;
  readonly #room: string;
  readonly #page: string;
  /** Records on the shelf that are this page's to remove. */
  #records: readonly Pick<Kept, "room" | "page" | "keptAtMs">[] = [];
  #wish: (() => Uint8Array) | "forget" | null = null;
  #working = false;
  #newestMs = 0;
  #failing: boolean;

  constructor(shelf: Shelf | null, room: string, page: string) {
    this.#shelf = shelf;
    this.#room = room;
    this.#page = page;
    this.#failing = shelf === null;
  }

  /** Whether what should be kept could not be. */
  get failing(): boolean {
    return this.#failing;
  }

  /** What earlier pages left behind. */
  async restore(): Promise<readonly Uint8Array[]> {
    try {
      const found = (await this.#shelf?.load(this.#room)) ?? [];
      this.#records = [...this.#records, ...found.filter(({ page }) => page !== this.#page)];
      return found.map(({ state }) => state);
    } catch {
      this.#failing = true;
      return [];
    }
  }

  /** @param state gives the document's state when the write begins. */
  keep(state: () => Uint8Array): void {
    this.#wish = state;
    void this.#work();
  }

  /** The page may be about to go: the write begins within this call, behind those under way. */
  keepAtOnce(state: Uint8Array): void {
    this.#wish = null;
    if (this.#shelf === null) return;
    this.#put(this.#shelf, state).catch(() => {
      this.#failing = true;
    });
  }

  /** Everything was confirmed (or is to be given up). */
  forget(): void {
    if (this.#records.length === 0 && !this.#working && this.#wish === null) return;
    this.#wish = "forget";
    void this.#work();
  }

  async #work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    while (this.#wish !== null) {
      const wish = this.#wish;
      this.#wish = null;
      try {
        if (this.#shelf === null) continue;
        if (wish === "forget") await this.#remove(this.#shelf);
        else await this.#put(this.#shelf, wish());
        this.#failing = false;
      } catch {
        this.#failing = true;
      }
    }
    // In the same task as the look at the wishes: none can fall between the two.
    this.#working = false;
  }

  async #put(shelf: Shelf, state: Uint8Array): Promise<void> {
    // Two writes of one millisecond are still told apart.
    const keptAtMs = (this.#newestMs = Math.max(Date.now(), this.#newestMs + 1));
    const record = { room: this.#room, page: this.#page, keptAtMs };
    await shelf.put({ ...record, state });
    if (keptAtMs < this.#newestMs) return;
    this.#records = [...this.#records.filter(({ page }) => page !== this.#page), record];
  }

  async #remove(shelf: Shelf): Promise<void> {
    const records = this.#records;
    this.#records = [];
    for (const record of records) await shelf.remove(record);
  }
}

/** A name for "this participant of this session" that does not hold the token itself. */
export function roomKey(sessionId: string, token: string): string {
  // FNV-1a; `crypto.subtle` does not exist on plain http. Only tells neighbours apart.
  let hash = 0xcbf29ce484222325n;
  for (const unit of token) {
    hash = ((hash ^ BigInt(unit.codePointAt(0) ?? 0)) * 0x100000001b3n) & 0xffffffffffffffffn;
  }
  return `${sessionId}:${hash.toString(16)}`;
}
