/** A shelf that outlives "reloads" within a test; it can be made to fail. */

import type { Kept, Shelf } from "../unsentEdits";

export class MemoryShelf implements Shelf {
  readonly records = new Map<string, Kept>();
  broken = false;

  load(room: string): Promise<readonly Kept[]> {
    if (this.broken) return Promise.reject(new Error("no storage"));
    return Promise.resolve([...this.records.values()].filter((record) => record.room === room));
  }

  put(record: Kept): Promise<void> {
    if (this.broken) return Promise.reject(new Error("no storage"));
    this.records.set(record.page, record);
    return Promise.resolve();
  }

  remove(record: Pick<Kept, "room" | "page" | "keptAtMs">): Promise<void> {
    if (this.records.get(record.page)?.keptAtMs === record.keptAtMs) {
      this.records.delete(record.page);
    }
    return Promise.resolve();
  }
}
