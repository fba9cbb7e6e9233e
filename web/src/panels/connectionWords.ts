/** The way to the server and the speed of the line in words, icons and advice. */

import {
  Ellipsis,
  Laptop,
  Network,
  Server,
  Signal,
  SignalLow,
  SignalMedium,
  Unplug,
  Waypoints,
  WifiOff,
  type LucideIcon,
} from "lucide-react";

import type { Approach, ConnectionPath } from "../api/connection";
import type { ConnectionState } from "../collab/room";
import type { RoundTripReading } from "../collab/roundTrip";
import { duration } from "../ui/format";

export interface Words {
  readonly word: string;
  readonly icon: LucideIcon;
  /** A sentence or two on what it is. */
  readonly meaning: string;
}

const WAYS: Readonly<Record<ConnectionPath, Words>> = {
  this_device: {
    word: "This device",
    icon: Laptop,
    meaning: "The interview’s server runs on this very computer.",
  },
  lan: {
    word: "LAN",
    icon: Network,
    meaning: "Straight to the host’s computer, within the network that you share.",
  },
  tunnel: {
    word: "Tunnel",
    icon: Waypoints,
    meaning: "Over the internet, through a tunnel that ends at the host’s computer.",
  },
  server: {
    word: "Server",
    icon: Server,
    meaning: "To a server that hosts interviews, not to the host’s own computer.",
  },
};

const UNKNOWN_WAY: Words = {
  word: "Unknown",
  icon: Unplug,
  meaning: "The server did not say by which way this page comes to it.",
};

/** The longest word for a way, by which its place is measured out. */
export const LONGEST_WAY = WAYS.this_device.word;

export function wayOf(approach: Approach | null): Words {
  return approach === null ? UNKNOWN_WAY : WAYS[approach.path];
}

interface Secrecy {
  readonly word: string;
  /** What there is to know or to do about it; null where nothing is. */
  readonly advice: string | null;
}

/** Whether what goes over the line can be read on the way. */
export function secrecyOf({ path, secure }: Approach): Secrecy {
  if (secure) return { word: "Yes", advice: null };
  switch (path) {
    case "this_device":
      return { word: "Not needed", advice: null };
    case "lan":
      return {
        word: "No",
        advice: "It is not encrypted, as is usual there: use a network that you trust.",
      };
    case "tunnel":
    case "server":
      return {
        word: "No",
        advice: "It is not encrypted: ask the host for a link that begins with https.",
      };
  }
}

export type Quality = "measuring" | "good" | "fair" | "slow" | "offline";

interface QualityWords extends Words {
  readonly quality: Quality;
}

const QUALITIES: Readonly<Record<Quality, Words>> = {
  measuring: {
    word: "Measuring",
    icon: Ellipsis,
    meaning: "The server was asked how fast it answers; a moment, please.",
  },
  good: { word: "Good", icon: Signal, meaning: "Others see what you type at once." },
  fair: {
    word: "Fair",
    icon: SignalMedium,
    meaning: "Others see what you type a moment later. That will do for an interview.",
  },
  slow: {
    word: "Slow",
    icon: SignalLow,
    meaning: "Others see what you type with a delay. Nothing is lost by it.",
  },
  offline: {
    word: "Offline",
    icon: WifiOff,
    meaning: "There is no connection. Go on typing: it is sent when the connection is back.",
  },
};

/** The longest word for a quality, by which its place is measured out. */
export const LONGEST_QUALITY = QUALITIES.measuring.word;

const GOOD_MS = 150;
const FAIR_MS = 400;

/** What a round trip of so long feels like; null for one that most pings did not come back from. */
export function qualityOfTrip(medianMs: number | null): Quality {
  if (medianMs === null || medianMs > FAIR_MS) return "slow";
  return medianMs <= GOOD_MS ? "good" : "fair";
}

export function qualityOf(
  connection: ConnectionState,
  reading: RoundTripReading | null,
): QualityWords {
  const quality = measured(connection, reading);
  const words = QUALITIES[quality];
  // The sentence about typing is not true any more of a connection that was refused for good.
  return connection === "failed"
    ? { quality, ...words, meaning: "The server ended this connection. See the message above." }
    : { quality, ...words };
}

function measured(connection: ConnectionState, reading: RoundTripReading | null): Quality {
  if (connection !== "connected") return "offline";
  if (reading === null) return "measuring";
  if (reading.overdue) return "slow";
  return qualityOfTrip(reading.medianMs);
}

export function qualityWords(quality: Quality): Words {
  return QUALITIES[quality];
}

/** What one can do about a line of this quality; null where nothing need be done. */
export function adviceOn(quality: Quality, path: ConnectionPath | null): string | null {
  switch (quality) {
    case "measuring":
    case "good":
    case "fair":
      return null;
    case "offline":
      return path === "this_device"
        ? "If this lasts, look whether the app with the interview is still open."
        : "If this lasts, look at your Wi-Fi or cable, and ask the host whether their app is open.";
    case "slow":
      switch (path) {
        case "this_device":
          return "This computer has much to do: close what you do not need.";
        case "lan":
          return "Go nearer to the Wi-Fi or take a cable, and pause large downloads. A VPN can be the cause, too.";
        case "tunnel":
          return "Pause downloads and video, yours and the host’s. In one network, the host’s LAN link is faster.";
        case "server":
        case null:
          return "Go nearer to the Wi-Fi or take a cable, and pause downloads and video. A VPN can be the cause, too.";
      }
  }
}

/** A time of the line: "under 1 ms", "12 ms", "1.4 s"; null is a ping that did not come back. */
export function tripTime(ms: number | null): string {
  if (ms === null) return "no answer";
  return ms < 1 ? "under 1 ms" : duration(ms);
}
