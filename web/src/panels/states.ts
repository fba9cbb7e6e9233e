/** Connection and saved state in words, from what the room knows. */

import type { RoomSnapshot } from "../collab/room";

export type Tone = "good" | "busy" | "warn" | "bad";

export interface StateWord {
  readonly word: string;
  readonly tone: Tone;
  /** What it means, for the tooltip. */
  readonly meaning: string;
}

type ConnectionFacts = Pick<RoomSnapshot, "connection" | "everConnected">;
type SavedFacts = Pick<RoomSnapshot, "connection" | "saved" | "unsentEdits">;

export function connectionWord({ connection, everConnected }: ConnectionFacts): StateWord {
  switch (connection) {
    case "connected":
      return { word: "Connected", tone: "good", meaning: "Everyone sees changes at once." };
    case "connecting":
      return { word: "Connecting", tone: "busy", meaning: "Reaching the interview’s server." };
    case "reconnecting":
      return {
        word: "Reconnecting",
        tone: "warn",
        meaning: "The connection was lost. You can go on typing.",
      };
    case "disconnected":
      return everConnected
        ? {
            word: "Disconnected",
            tone: "warn",
            meaning: "Waiting for the next attempt. You can go on typing.",
          }
        : { word: "Connecting", tone: "busy", meaning: "Reaching the interview’s server." };
    case "failed":
      return {
        word: "Stopped",
        tone: "bad",
        meaning: "The server ended this connection. See the message above.",
      };
  }
}

export function savedWord({ connection, saved, unsentEdits }: SavedFacts): StateWord {
  if (unsentEdits && connection === "failed") {
    return {
      word: "Not sent",
      tone: "bad",
      meaning: "Your last changes did not reach the host. Copy what you need.",
    };
  }
  if (unsentEdits) {
    return connection === "connected"
      ? { word: "Sending", tone: "busy", meaning: "Your changes are on their way." }
      : {
          word: "Not sent yet",
          tone: "warn",
          meaning: "Your changes are kept on this page and sent when the connection is back.",
        };
  }
  switch (saved) {
    case "saved":
      return { word: "Saved", tone: "good", meaning: "Everything is stored by the host." };
    case "saving":
      return { word: "Saving", tone: "busy", meaning: "The host is storing the latest changes." };
    case "unsaved":
      return {
        word: "Not saved yet",
        tone: "warn",
        meaning: "The host cannot store changes right now. They are kept and stored later.",
      };
  }
}
