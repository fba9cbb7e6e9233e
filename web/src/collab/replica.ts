/** This page's copy of the session's document, and how much of it the server is known to have. */

import * as syncProtocol from "y-protocols/sync";
import type * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import * as Y from "yjs";

import { Capacity, type Shortage } from "./capacity";
import { stateFrame, syncEncoder, updateFrame } from "./frames";
import type { RoomLimits } from "./messages";
import type { UnsentEdits } from "./unsentEdits";

export interface ReplicaOptions {
  readonly send: (frame: Uint8Array<ArrayBuffer>) => boolean;
  /** Asks the server to answer behind everything that was sent so far. */
  readonly fence: (id: string) => void;
  readonly onChange: () => void;
  readonly unsent: UnsentEdits;
}

const FILES = "files";
const TEXT = "file:";
/** Shorter than this, an edit under way is not worth a word. */
const NOTICEABLE_MS = 400;
/** A confirmed edit needs no writing down; most are within this time. */
const KEEP_AFTER_MS = 250;

/**
 * Local edits go to the socket in the same task in which they were made. They count as confirmed
 * when the answer to a ping that was sent behind them is back; until then they are kept on disk.
 */
export class Replica {
  readonly doc = new Y.Doc();
  readonly #options: ReplicaOptions;
  readonly #capacity = new Capacity(this.doc);
  /** Whether the server knows our state on this connection, so that edits may follow one by one. */
  #uplink = false;
  #synced = false;
  #edits = 0;
  #confirmed = 0;
  #fencedAt: number | null = null;
  #slow = false;
  #slowTimer: ReturnType<typeof setTimeout> | null = null;
  #keepTimer: ReturnType<typeof setTimeout> | null = null;

  constructor(options: ReplicaOptions) {
    this.#options = options;
    this.doc.on("update", (update: Uint8Array, origin: unknown) => {
      if (origin !== this) this.#edited(update);
    });
    this.doc.getMap(FILES).observe(() => {
      options.onChange();
    });
  }

  /** Whether the document has held the server's text. */
  get synced(): boolean {
    return this.#synced;
  }

  get unconfirmed(): boolean {
    return this.#edits > this.#confirmed;
  }

  /** Whether people should be told that edits are still here alone. */
  get unsent(): boolean {
    return this.unconfirmed && (!this.#uplink || this.#slow);
  }

  /** What an edit that adds so many bytes of text is too large for; null when it fits. */
  shortage(bytes: number, limits: RoomLimits): Shortage | null {
    return this.#capacity.shortage(bytes, limits);
  }

  files(): readonly string[] {
    return [...this.doc.getMap(FILES).keys()].sort();
  }

  text(path: string): Y.Text {
    return this.doc.getText(TEXT + path);
  }

  texts(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.files().map((path) => [path, this.text(path).toJSON()]));
  }

  /**
   * A connection is there: asks for the server's state.
   *
   * @param known the server has asked for ours before; a fresh copy holds nothing to answer with.
   */
  opened(known: boolean): void {
    this.#uplink = known;
    this.#fencedAt = null;
    this.#options.send(stateFrame(this.doc));
  }

  lost(): void {
    this.#uplink = false;
    this.#fencedAt = null;
    if (this.unconfirmed) this.#keep();
    this.#options.onChange();
  }

  /** Takes in a sync frame. @throws when its bytes are not what the protocol says. */
  read(body: decoding.Decoder): void {
    const encoder = syncEncoder();
    const before = encoding.length(encoder);
    let fault: Error | null = null;
    const kind = syncProtocol.readSyncMessage(body, encoder, this.doc, this, (error) => {
      fault = error;
    });
    // Assigned in the callback, which control flow analysis does not follow.
    if ((fault as Error | null) !== null) throw new Error("unreadable update", { cause: fault });
    if (kind === syncProtocol.messageYjsSyncStep1) {
      if (encoding.length(encoder) > before) this.#options.send(encoding.toUint8Array(encoder));
      this.#uplink = true;
      if (this.unconfirmed) this.#fence();
    } else if (kind === syncProtocol.messageYjsSyncStep2 && !this.#synced) {
      this.#synced = true;
      this.#options.onChange();
    }
  }

  /** Merges what an earlier page had kept; it counts as unsent until the server confirms. */
  restore(states: readonly Uint8Array[]): void {
    if (states.length === 0) return;
    this.#edits += 1;
    for (const state of states) {
      try {
        Y.applyUpdate(this.doc, state, "restored");
      } catch {
        // A damaged record: what it held cannot be read by anybody.
      }
    }
    if (this.#uplink) this.#fence();
    this.#options.onChange();
  }

  /** The answer to a fence. */
  passed(id: string): void {
    if (this.#fencedAt === null || id !== fenceId(this.#fencedAt)) return;
    this.#confirmed = this.#fencedAt;
    this.#capacity.passed();
    this.#fencedAt = null;
    if (this.unconfirmed) {
      this.#fence();
      return;
    }
    this.#settle();
    this.#options.unsent.forget();
    this.#options.onChange();
  }

  /** Writes down what is unconfirmed, as the page may be about to go. */
  keepAtOnce(): void {
    if (this.unconfirmed) this.#options.unsent.keepAtOnce(Y.encodeStateAsUpdate(this.doc));
  }

  dispose(): void {
    this.#settle();
    this.doc.destroy();
  }

  #edited(update: Uint8Array): void {
    this.#edits += 1;
    this.#capacity.edited(update.length);
    if (this.#uplink) {
      this.#options.send(updateFrame(update));
      this.#fence();
      this.#keepTimer ??= setTimeout(() => {
        this.#keep();
      }, KEEP_AFTER_MS);
    } else {
      this.#keep();
    }
    this.#slowTimer ??= setTimeout(() => {
      this.#slow = true;
      this.#options.onChange();
    }, NOTICEABLE_MS);
    if (!this.#uplink) this.#options.onChange();
  }

  #fence(): void {
    if (this.#fencedAt !== null) return;
    this.#fencedAt = this.#edits;
    this.#capacity.fenced();
    this.#options.fence(fenceId(this.#edits));
  }

  #keep(): void {
    if (this.#keepTimer !== null) clearTimeout(this.#keepTimer);
    this.#keepTimer = null;
    this.#options.unsent.keep(() => Y.encodeStateAsUpdate(this.doc));
  }

  #settle(): void {
    if (this.#keepTimer !== null) clearTimeout(this.#keepTimer);
    if (this.#slowTimer !== null) clearTimeout(this.#slowTimer);
    this.#keepTimer = this.#slowTimer = null;
    this.#slow = false;
  }
}

function fenceId(edits: number): string {
  return `edit-${String(edits)}`;
}
