/** Who points where: our own awareness state, and the others' as long as the connection stands. */

import { applyAwarenessUpdate, Awareness, removeAwarenessStates } from "y-protocols/awareness";
import * as Y from "yjs";

import { awarenessFrame } from "./frames";

/**
 * The awareness has a document of its own, so that it outlives a document that is replaced. Each
 * connection speaks under a new client id: the server may still hold the old one for a line that
 * it has not found dead yet.
 */
export class Presence {
  readonly awareness: Awareness;
  readonly #carrier = new Y.Doc();
  readonly #send: (frame: Uint8Array<ArrayBuffer>) => boolean;
  #open = false;

  constructor(send: (frame: Uint8Array<ArrayBuffer>) => boolean) {
    this.#send = send;
    this.awareness = new Awareness(this.#carrier);
    this.awareness.on("update", (_changes: unknown, origin: unknown) => {
      if (origin === "local" && this.#open) this.#announce();
    });
  }

  opened(): void {
    const { awareness } = this;
    const state = awareness.getLocalState() ?? {};
    awareness.states.delete(awareness.clientID);
    awareness.meta.delete(awareness.clientID);
    const client = new Y.Doc().clientID;
    awareness.clientID = client;
    // Whoever does not know a client takes its clock for 0 and hears only what is newer.
    awareness.meta.set(client, { clock: 0, lastUpdated: Date.now() });
    this.#open = true;
    awareness.setLocalState(state);
  }

  lost(): void {
    this.#open = false;
    const { awareness } = this;
    const others = [...awareness.states.keys()].filter((id) => id !== awareness.clientID);
    removeAwarenessStates(awareness, others, this);
    // A server that starts again counts from its own clock.
    for (const id of others) awareness.meta.delete(id);
  }

  /** @throws when the bytes are not what the protocol says. */
  read(update: Uint8Array): void {
    applyAwarenessUpdate(this.awareness, update, this);
  }

  dispose(): void {
    this.#open = false;
    this.#carrier.destroy();
  }

  #announce(): void {
    this.#send(
      awarenessFrame(this.awareness, this.awareness.clientID),
    );
  }
}
