/** One participant's view of one session: socket, document, presence and the room's state. */

import { Awareness } from "y-protocols/awareness";
import * as Y from "yjs";

import type { RunMessage } from "./messages";
import { initialSnapshot, type RoomSnapshot } from "./snapshot";

export type { ConnectionState, Failure, Refusal, RoomSnapshot } from "./snapshot";

export interface RoomOptions {
  readonly sessionId: string;
  /** The participant token. */
  readonly token: string;
  /** Where the server is: `http://host:port` or `https://host`. */
  readonly origin: string;
}

export class Room {
  readonly options: RoomOptions;
  readonly #doc = new Y.Doc();
  readonly #awareness = new Awareness(this.#doc);
  #snapshot: RoomSnapshot = initialSnapshot;
  readonly #listeners = new Set<() => void>();

  constructor(options: RoomOptions) {
    this.options = options;
  }

  get doc(): Y.Doc {
    return this.#doc;
  }

  get awareness(): Awareness {
    return this.#awareness;
  }

  readonly getSnapshot = (): RoomSnapshot => this.#snapshot;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };

  text(path: string): Y.Text {
    return this.#doc.getText(`file:${path}`);
  }

  files(): readonly string[] {
    return [...this.#doc.getMap("files").keys()].sort();
  }

  connect(): void {
    this.#snapshot = { ...this.#snapshot, connection: "connecting" };
  }

  reconnectNow(): void {
    this.connect();
  }

  dispose(): void {
    this.#awareness.destroy();
    this.#doc.destroy();
  }

  admit(_participantId: string): void {}
  decline(_participantId: string): void {}
  setLanguage(_language: string): void {}
  sendRun(_message: RunMessage): void {}
  dismissRefusal(): void {}
}
