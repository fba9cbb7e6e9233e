/** Whether an edit still fits: into one frame, behind what is unsent, and into the document. */

import * as Y from "yjs";

import type { RoomLimits } from "./messages";

/**
 * What an edit is too large for:
 * - `frame`: for one message to the server
 * - `unsent`: together with what the server has not confirmed, which one message may have to carry
 * - `document`: for what all files of a session may hold
 */
export type Shortage = "frame" | "unsent" | "document";

/** The server measures its own copy, which is encoded a little differently. */
const MARGIN = 1 / 32;
/** Measuring takes as long as encoding everything: only where it could change the answer. */
const WORTH_MEASURING = 1 / 256;

/** Counts what a document takes in; an upper bound that is measured anew where it matters. */
export class Capacity {
  readonly #doc: Y.Doc;
  #measuredBytes = 0;
  #addedBytes = 0;
  #freed = 0;
  #unconfirmedBytes = 0;
  #behindFenceBytes = 0;

  constructor(doc: Y.Doc) {
    this.#doc = doc;
    doc.on("update", (update: Uint8Array) => {
      this.#addedBytes += update.length;
    });
    doc.on("afterTransaction", ({ deleteSet }: Y.Transaction) => {
      for (const deletions of deleteSet.clients.values()) {
        for (const { len } of deletions) this.#freed += len;
      }
    });
  }

  /** An edit of ours is made, and not confirmed. */
  edited(bytes: number): void {
    this.#unconfirmedBytes += bytes;
    this.#behindFenceBytes += bytes;
  }

  /** A question is sent behind all edits so far. */
  fenced(): void {
    this.#behindFenceBytes = 0;
  }

  /** The question's answer: the server has what was made before it. */
  passed(): void {
    this.#unconfirmedBytes = this.#behindFenceBytes;
  }

  /** What an edit that adds so many bytes of text is too large for; null when it fits. */
  shortage(bytes: number, limits: RoomLimits): Shortage | null {
    const frame = limits.frame_bytes * (1 - MARGIN);
    if (bytes > frame) return "frame";
    if (this.#unconfirmedBytes + bytes > frame) return "unsent";
    const room = limits.document_bytes * (1 - MARGIN) - bytes;
    if (this.#measuredBytes + this.#addedBytes <= room) return null;
    if (this.#addedBytes + this.#freed > limits.document_bytes * WORTH_MEASURING) {
      this.#measuredBytes = sizeElsewhere(this.#doc);
      this.#addedBytes = this.#freed = 0;
    }
    return this.#measuredBytes + this.#addedBytes <= room ? null : "document";
  }
}

/** The size of the encoded state as others have it: here undo keeps what was deleted. */
function sizeElsewhere(doc: Y.Doc): number {
  const copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
  const { length } = Y.encodeStateAsUpdate(copy);
  copy.destroy();
  return length;
}

/** A sentence that says what to do instead; nothing was changed. */
export function shortageSentence(shortage: Shortage, limits: RoomLimits): string {
  switch (shortage) {
    case "frame":
      return `This text is too large: ${size(limits.frame_bytes)} fit in at once. Nothing was changed; paste it in smaller parts.`;
    case "unsent":
      return "This is more than can be sent together with your last changes. Nothing was changed; try again when they are sent.";
    case "document":
      return `This does not fit: the interview’s files hold ${size(limits.document_bytes)} together. Nothing was changed; delete some text first.`;
  }
}

function size(bytes: number): string {
  const mebibytes = bytes / 1024 / 1024;
  return mebibytes < 1
    ? `${String(Math.floor(bytes / 1024))} KB`
    : `${String(Math.floor(mebibytes * 10) / 10)} MB`;
}
