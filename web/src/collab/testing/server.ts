/** The server's side of the room's socket, small enough to be told what to do by a test. */

import type { AddressInfo } from "node:net";

import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import * as syncProtocol from "y-protocols/sync";
import { WebSocket, WebSocketServer } from "ws";
import * as Y from "yjs";

import type { Socket } from "../connection";

const SYNC = 0;
const AWARENESS = 1;
const CONTROL = 100;

export const SESSION = {
  id: "1a2b3c4d",
  title: "Pairing",
  language: "python",
  phase: "open",
  locked: false,
  join_policy: "invite",
  observers_listed: true,
  creator_id: "host",
  created_at: 1,
  updated_at: 1,
  expires_at: 2,
};

export function person(id: string, more: object = {}): object {
  return {
    id,
    name: id,
    role: "candidate",
    color: "0",
    presence: 0,
    status: "admitted",
    joined_at: 1,
    is_online: true,
    ...more,
  };
}

/** One client's socket; tokens are participants' ids here. */
interface Peer {
  readonly socket: WebSocket;
  readonly id: string;
  /** The last awareness frame that it sent, for those who come later. */
  pointer: Uint8Array | null;
}

export class RoomServer {
  doc = new Y.Doc();
  locked = false;
  /** Close code for whoever connects, null to let them in. */
  refuses: number | null = null;
  /** Whether pings are answered and edits taken; a dead line does neither. */
  deaf = false;
  runs: readonly object[] = [];
  readonly heard: Record<string, unknown>[] = [];
  readonly peers = new Set<Peer>();
  connections = 0;
  #server: WebSocketServer | null = null;
  #port = 0;

  get origin(): string {
    return `http://127.0.0.1:${String(this.#port)}`;
  }

  async start(): Promise<this> {
    const server = new WebSocketServer({ host: "127.0.0.1", port: this.#port });
    this.#server = server;
    server.on("connection", (socket, request) => {
      const url = new URL(request.url ?? "/", this.origin);
      this.#admit(socket, url.searchParams.get("token") ?? "");
    });
    await new Promise((resolve) => server.once("listening", resolve));
    this.#port = (server.address() as AddressInfo).port;
    return this;
  }

  /** Ends abruptly; `start` comes back on the same port with the same document. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    for (const { socket } of this.peers) socket.terminate();
    this.peers.clear();
    await new Promise<void>((resolve) => {
      if (server === null) resolve();
      else
        server.close(() => {
          resolve();
        });
    });
  }

  close(code: number, reason = ""): void {
    for (const { socket } of this.peers) socket.close(code, reason);
  }

  tell(message: object, to: Iterable<Peer> = this.peers): void {
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, CONTROL);
    encoding.writeVarString(encoder, JSON.stringify(message));
    for (const { socket } of to) socket.send(encoding.toUint8Array(encoder));
  }

  sendRaw(bytes: Uint8Array): void {
    for (const { socket } of this.peers) socket.send(bytes);
  }

  text(path = "main.py"): string {
    return this.doc.getText(`file:${path}`).toJSON();
  }

  /** Edits as somebody else would. */
  write(text: string, at = 0, path = "main.py"): void {
    const before = Y.encodeStateVector(this.doc);
    this.doc.getMap("files").set(path, { language: "python" });
    this.doc.getText(`file:${path}`).insert(at, text);
    this.#relay(Y.encodeStateAsUpdate(this.doc, before), null);
  }

  #admit(socket: WebSocket, id: string): void {
    this.connections += 1;
    if (this.refuses !== null) {
      socket.close(this.refuses, this.refuses === 4403 ? "declined" : "");
      return;
    }
    const peer: Peer = { socket, id, pointer: null };
    this.peers.add(peer);
    socket.on("close", () => this.peers.delete(peer));
    socket.on("message", (data: Buffer) => {
      if (!this.deaf) this.#hear(peer, new Uint8Array(data));
    });
    this.tell(
      {
        type: "welcome",
        session: { ...SESSION, locked: this.locked },
        participant: person(id),
        participants: [person(id)],
        runs: this.runs,
        saved: "saved",
        limits: { frame_bytes: 1000000, document_bytes: 1000000 },
        server_time: Date.now(),
      },
      [peer],
    );
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, SYNC);
    syncProtocol.writeSyncStep1(encoder, this.doc);
    socket.send(encoding.toUint8Array(encoder));
    for (const { pointer } of this.peers) if (pointer !== null) socket.send(pointer);
  }

  #hear(peer: Peer, data: Uint8Array): void {
    const decoder = decoding.createDecoder(data);
    const kind = decoding.readVarUint(decoder);
    if (kind === SYNC) this.#sync(peer, decoder);
    else if (kind === AWARENESS) {
      peer.pointer = data;
      for (const other of this.peers) if (other !== peer) other.socket.send(data);
    } else if (kind === CONTROL) {
      const message = JSON.parse(decoding.readVarString(decoder)) as Record<string, unknown>;
      if (message["type"] === "ping") this.tell({ type: "pong", id: message["id"] }, [peer]);
      else this.heard.push(message);
    }
  }

  #sync(peer: Peer, decoder: decoding.Decoder): void {
    const kind = decoding.readVarUint(decoder);
    const body = decoding.readVarUint8Array(decoder);
    if (kind === syncProtocol.messageYjsSyncStep1) {
      const encoder = encoding.createEncoder();
      encoding.writeVarUint(encoder, SYNC);
      syncProtocol.writeSyncStep2(encoder, this.doc, body);
      peer.socket.send(encoding.toUint8Array(encoder));
      return;
    }
    const { structs, ds } = Y.decodeUpdate(body);
    if (structs.length === 0 && ds.clients.size === 0) return;
    const copy = new Y.Doc();
    Y.applyUpdate(copy, Y.encodeStateAsUpdate(this.doc));
    const before = Y.encodeStateAsUpdate(copy);
    Y.applyUpdate(copy, body);
    if (this.locked && Y.encodeStateAsUpdate(copy).length !== before.length) {
      this.tell({ type: "refused", action: "edit_code", code: "NOT_ALLOWED", error: "Locked." }, [
        peer,
      ]);
      return;
    }
    Y.applyUpdate(this.doc, body);
    this.#relay(body, peer);
  }

  #relay(update: Uint8Array, from: Peer | null): void {
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, SYNC);
    syncProtocol.writeUpdate(encoder, update);
    for (const peer of this.peers) {
      if (peer !== from) peer.socket.send(encoding.toUint8Array(encoder));
    }
  }
}

/** Node's `ws` where the page has its own `WebSocket`. */
export function openSocket(url: string): Socket {
  const socket = new WebSocket(url);
  // Browsers report a failed connection by `close` alone; here it would be an uncaught error.
  socket.on("error", () => undefined);
  return socket as unknown as Socket;
}
