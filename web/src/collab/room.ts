/** One participant's view of one session: socket, document, presence and the room's state. */

import type { Awareness } from "y-protocols/awareness";
import type * as Y from "yjs";

import { shortageSentence } from "./capacity";
import { Connection, type ConnectionStatus, type Socket } from "./connection";
import { controlFrame, readFrame } from "./frames";
import { browserShelf } from "./indexedShelf";
import { parseServerMessage, type ClientMessage, type RoomLimits, type RunMessage } from "./messages";
import type { ServerMessage } from "./messages";
import { Presence } from "./presence";
import { reduce } from "./reduce";
import { Replica } from "./replica";
import { RoundTrip } from "./roundTrip";
import { RunFeed } from "./runFeed";
import { initialSnapshot, type RoomSnapshot } from "./snapshot";
import { socketUrl } from "./socketUrl";
import { roomKey, UnsentEdits, type Shelf } from "./unsentEdits";

export type { ConnectionState, Failure, Refusal, RoomSnapshot } from "./snapshot";

export interface RoomOptions {
  readonly sessionId: string;
  /** The participant token. */
  readonly token: string;
  /** Where the server is: `http://host:port`, or `https://host/path`. */
  readonly server: string;
  /** Replaces the browser's `WebSocket`. */
  readonly open?: (url: string) => Socket;
  /** Where unsent edits are kept; the browser's IndexedDB unless given, null for nowhere. */
  readonly shelf?: Shelf | null;
}

type Refused = Extract<ServerMessage, { type: "refused" }>;

/** What the server calls an edit of the document in `refused`. */
const EDIT_ACTIONS: ReadonlySet<string> = new Set(["edit", "edit_code"]);

export class Room {
  readonly options: RoomOptions;
  /** How fast the line is; kept apart from the snapshot, as it changes every few seconds. */
  readonly roundTrip: RoundTrip;
  readonly #connection: Connection;
  readonly #presence: Presence;
  readonly #unsent: UnsentEdits;
  readonly #runs: RunFeed;
  readonly #page = new AbortController();
  readonly #listeners = new Set<() => void>();
  #replica: Replica;
  #snapshot: RoomSnapshot = initialSnapshot;
  /** Texts as they were when an edit was refused, until the server's text is back. */
  #rescue: Readonly<Record<string, string>> | null = null;
  /** What the server takes; null until it has said so. */
  #limits: RoomLimits | null = null;
  #probes = 0;
  #disposed = false;

  constructor(options: RoomOptions) {
    this.options = options;
    const send = (frame: Uint8Array<ArrayBuffer>): boolean => this.#connection.send(frame);
    const shelf = options.shelf === undefined ? browserShelf() : options.shelf;
    this.#unsent = new UnsentEdits(
      shelf,
      roomKey(options.sessionId, options.token),
      Math.random().toString(36).slice(2),
    );
    this.#presence = new Presence(send);
    this.#runs = new RunFeed({
      send: (message) => this.#tell(message),
      onChange: (runs) => {
        this.#change({ runs });
      },
    });
    const url = socketUrl(options.server, options.sessionId);
    url.searchParams.set("token", options.token);
    const open = options.open ?? ((address: string) => new WebSocket(address));
    this.#connection = new Connection(() => open(url.href), {
      onStatus: (status) => {
        this.#status(status);
      },
      onFrame: (data) => {
        this.#read(data);
      },
      onLost: () => {
        this.#presence.lost();
        this.#runs.lost();
        this.#replica.lost();
        this.roundTrip.lost();
      },
      onProbe: () => {
        this.#probes += 1;
        this.#tell({ type: "ping", id: `probe-${String(this.#probes)}` });
      },
    });
    this.roundTrip = new RoundTrip((id) => this.#tell({ type: "ping", id, ahead: true }));
    this.#replica = this.#newReplica();
    this.#watchPage();
  }

  /** Another object after `documentEpoch` has grown. */
  get doc(): Y.Doc {
    return this.#replica.doc;
  }

  /** Its client id changes with each connection and is not the document's. */
  get awareness(): Awareness {
    return this.#presence.awareness;
  }

  readonly getSnapshot = (): RoomSnapshot => this.#snapshot;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };

  text(path: string): Y.Text {
    return this.#replica.text(path);
  }

  files(): readonly string[] {
    return this.#replica.files();
  }

  texts(): Readonly<Record<string, string>> {
    return this.#replica.texts();
  }

  connect(): void {
    const replica = this.#replica;
    void this.#unsent.restore().then((states) => {
      if (!this.#disposed && this.#replica === replica) replica.restore(states);
    });
    this.#connection.connect();
  }

  reconnectNow(): void {
    this.#connection.connect();
  }

  /** Ends everything; unconfirmed edits are written down first. */
  dispose(): void {
    if (this.#disposed) return;
    if (this.#snapshot.failure === null) this.#replica.keepAtOnce();
    this.#disposed = true;
    this.#page.abort();
    this.#connection.dispose();
    this.roundTrip.dispose();
    this.#runs.dispose();
    this.#presence.dispose();
    this.#replica.dispose();
    this.#listeners.clear();
  }

  admit(participantId: string): void {
    this.#tell({ type: "admit", participant_id: participantId });
  }

  decline(participantId: string): void {
    this.#tell({ type: "decline", participant_id: participantId });
  }

  setLanguage(language: string): void {
    this.#tell({ type: "language", language });
  }

  /** Shares a run of this page; runs made while away are told on return. */
  sendRun(message: RunMessage): void {
    const { me } = this.#snapshot;
    if (me !== null) this.#runs.own(me, message, this.#serverNow());
  }

  /**
   * Whether an edit that adds so many bytes of text may be made. One that the server would end the
   * connection for is refused here instead, before anything has changed.
   */
  takes(bytes: number): boolean {
    const limits = this.#limits;
    const shortage = limits && this.#replica.shortage(bytes, limits);
    if (limits === null || shortage === null) return true;
    this.#change({
      refusal: {
        action: "edit",
        code: "TOO_LARGE",
        error: shortageSentence(shortage, limits),
        atMs: Date.now(),
        rescued: this.#snapshot.refusal?.rescued ?? null,
      },
    });
    return false;
  }

  dismissRefusal(): void {
    if (this.#snapshot.refusal !== null) this.#change({ refusal: null });
  }

  #newReplica(): Replica {
    const replica: Replica = new Replica({
      send: (frame) => this.#connection.send(frame),
      fence: (id) => {
        this.#tell({ type: "ping", id });
      },
      onChange: () => {
        if (this.#replica === replica) this.#documentChanged();
      },
      unsent: this.#unsent,
    });
    return replica;
  }

  #status(status: ConnectionStatus): void {
    const { failure } = status;
    // Whatever is kept was refused for good; it would only be refused again.
    if (failure !== null && failure.kind !== "unauthenticated") this.#unsent.forget();
    this.#change({
      ...status,
      everConnected: this.#snapshot.everConnected || status.connection === "connected",
      ...(status.connection === "failed" && { canEdit: false, canRun: false }),
    });
  }

  #read(data: Uint8Array): void {
    const frame = readFrame(data);
    if (frame === null) return;
    try {
      if (frame.kind === "control") {
        const message = parseServerMessage(frame.json);
        if (message !== null) this.#hear(message);
      } else if (frame.kind === "sync") this.#replica.read(frame.body);
      else this.#presence.read(frame.update);
    } catch {
      // This copy may lack something now; a new connection compares the states again.
      this.#connection.restart();
    }
  }

  #hear(message: ServerMessage): void {
    switch (message.type) {
      case "pong":
        this.roundTrip.heard(message.id);
        this.#replica.passed(message.id);
        return;
      case "run":
        this.#runs.theirs(message, this.#serverNow());
        return;
      case "refused":
        this.#refused(message);
        return;
      case "welcome":
        this.#limits = message.limits;
        this.#set({
          ...reduce(this.#snapshot, message),
          clockOffsetMs: message.server_time - Date.now(),
        });
        this.#connection.answered();
        this.#replica.opened(false);
        this.#presence.opened();
        this.#runs.opened(message.runs, message.participant.id);
        this.roundTrip.opened();
        return;
      case "waiting":
        this.#set(reduce(this.#snapshot, message));
        this.#connection.answered();
        this.roundTrip.opened();
        return;
      default:
        this.#set(reduce(this.#snapshot, message));
    }
  }

  /** An edit that was not done is in our copy only: start over from the server's. */
  #refused({ action, code, error }: Refused): void {
    const refusal = { action, code, error, atMs: Date.now(), rescued: null };
    if (!EDIT_ACTIONS.has(action)) {
      this.#change({ refusal });
      return;
    }
    const old = this.#replica;
    if (!old.unconfirmed) {
      // It speaks of edits of the copy that was given up already.
      this.#change({ refusal: { ...refusal, rescued: this.#snapshot.refusal?.rescued ?? null } });
      return;
    }
    this.#rescue = { ...this.#rescue, ...old.texts() };
    this.#unsent.forget();
    this.#replica = this.#newReplica();
    this.#change({
      refusal,
      documentEpoch: this.#snapshot.documentEpoch + 1,
      synced: false,
      unsentEdits: false,
      files: [],
    });
    old.dispose();
    this.#replica.opened(true);
  }

  #documentChanged(): void {
    const { synced, unsent } = this.#replica;
    const files = this.#replica.files();
    const same =
      files.length === this.#snapshot.files.length &&
      files.every((path, index) => path === this.#snapshot.files[index]);
    const { refusal } = this.#snapshot;
    const rescued = synced ? this.#rescued() : null;
    if (
      same &&
      synced === this.#snapshot.synced &&
      unsent === this.#snapshot.unsentEdits &&
      rescued === null
    ) {
      return;
    }
    this.#change({
      synced,
      unsentEdits: unsent,
      files: same ? this.#snapshot.files : files,
      ...(rescued !== null && refusal !== null && { refusal: { ...refusal, rescued } }),
    });
  }

  /** What the refused copy had otherwise than the server; null when nothing is lost. */
  #rescued(): Readonly<Record<string, string>> | null {
    const rescue = this.#rescue;
    this.#rescue = null;
    if (rescue === null) return null;
    const lost = Object.entries(rescue).filter(
      ([path, text]) => this.#replica.text(path).toJSON() !== text,
    );
    return lost.length === 0 ? null : Object.fromEntries(lost);
  }

  #serverNow(): number {
    return Date.now() + this.#snapshot.clockOffsetMs;
  }

  #tell(message: ClientMessage): boolean {
    return this.#connection.send(controlFrame(message));
  }

  #change(part: Partial<RoomSnapshot>): void {
    this.#set({ ...this.#snapshot, ...part });
  }

  #set(snapshot: RoomSnapshot): void {
    if (this.#disposed) return;
    this.#snapshot = snapshot;
    for (const listener of [...this.#listeners]) listener();
  }

  #watchPage(): void {
    if (typeof window === "undefined") return;
    const { signal } = this.#page;
    window.addEventListener("pagehide", () => this.#replica.keepAtOnce(), { signal });
    window.addEventListener(
      "beforeunload",
      (event) => {
        // Only where a reload would really lose something.
        if (this.#replica.unsent && this.#unsent.failing) event.preventDefault();
      },
      { signal },
    );
  }
}
