/** The room's binary frames: y-protocols' sync and awareness, and control messages (type 100). */

import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import * as awarenessProtocol from "y-protocols/awareness";
import * as syncProtocol from "y-protocols/sync";
import type * as Y from "yjs";

import { encodeClientMessage, type ClientMessage } from "./messages";

const SYNC = 0;
const AWARENESS = 1;
const CONTROL = 100;

export type Frame =
  | { readonly kind: "sync"; readonly body: decoding.Decoder }
  | { readonly kind: "awareness"; readonly update: Uint8Array }
  | { readonly kind: "control"; readonly json: string };

/** Reads what the server sent; null for unknown kinds and for bytes that end early. */
export function readFrame(data: Uint8Array): Frame | null {
  try {
    const body = decoding.createDecoder(data);
    switch (decoding.readVarUint(body)) {
      case SYNC:
        return { kind: "sync", body };
      case AWARENESS:
        return { kind: "awareness", update: decoding.readVarUint8Array(body) };
      case CONTROL:
        return { kind: "control", json: decoding.readVarString(body) };
      default:
        return null;
    }
  } catch {
    return null;
  }
}

/** Sync step 1: says what this document knows and so asks for the rest. */
export function stateFrame(doc: Y.Doc): Uint8Array<ArrayBuffer> {
  const encoder = syncEncoder();
  syncProtocol.writeSyncStep1(encoder, doc);
  return encoding.toUint8Array(encoder);
}

export function updateFrame(update: Uint8Array): Uint8Array<ArrayBuffer> {
  const encoder = syncEncoder();
  syncProtocol.writeUpdate(encoder, update);
  return encoding.toUint8Array(encoder);
}

/** The encoder of a sync frame, for y-protocols to write an answer into. */
export function syncEncoder(): encoding.Encoder {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, SYNC);
  return encoder;
}

export function awarenessFrame(
  awareness: awarenessProtocol.Awareness,
  client: number,
): Uint8Array<ArrayBuffer> {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, AWARENESS);
  encoding.writeVarUint8Array(
    encoder,
    awarenessProtocol.encodeAwarenessUpdate(awareness, [client]),
  );
  return encoding.toUint8Array(encoder);
}

export function controlFrame(message: ClientMessage): Uint8Array<ArrayBuffer> {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, CONTROL);
  encoding.writeVarString(encoder, encodeClientMessage(message));
  return encoding.toUint8Array(encoder);
}
