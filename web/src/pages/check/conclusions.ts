/** What an examination means to somebody who only wants to get into an interview. */

import { qualityOfTrip, qualityWords, secrecyOf, tripTime, wayOf } from "../../panels/connectionWords";
import type { BrowserFacts, Examination, SocketState } from "./examine";

/**
 * - `good`: as it should be
 * - `note`: worth knowing; the interview works
 * - `bad`: the interview does not work like this
 */
export type Tone = "good" | "note" | "bad";

export interface Conclusion {
  readonly about: "way" | "secrecy" | "live" | "speed" | "browser";
  readonly tone: Tone;
  readonly title: string;
  /** What it means, and what one can do; null where the title says it all. */
  readonly text: string | null;
}

export function conclude(examination: Examination): readonly Conclusion[] {
  return [
    way(examination),
    secrecy(examination),
    live(examination),
    speed(examination),
    browser(examination.browser),
  ].filter((conclusion) => conclusion !== null);
}

/** The one sentence above all others. */
export function verdict(conclusions: readonly Conclusion[]): Pick<Conclusion, "tone" | "title"> {
  const tones = new Set(conclusions.map(({ tone }) => tone));
  if (tones.has("bad")) return { tone: "bad", title: "Something is in the way. Here is what to do." };
  if (tones.has("note")) return { tone: "note", title: "You can join. There is something to know." };
  return { tone: "good", title: "Everything works. You can join." };
}

function way({ approach, trouble }: Examination): Conclusion {
  if (approach === null) {
    return {
      about: "way",
      tone: "bad",
      title: "The interview’s server does not answer",
      text: trouble ?? "Check your network, or ask your host whether the app is still open.",
    };
  }
  if (trouble !== null) {
    return {
      about: "way",
      tone: "bad",
      title: "The interview’s server stopped answering",
      text: trouble,
    };
  }
  const { word, meaning } = wayOf(approach);
  return {
    about: "way",
    tone: "good",
    title: "You reach the interview’s server",
    text: `${word}. ${meaning}`,
  };
}

function secrecy({ approach }: Examination): Conclusion | null {
  if (approach === null) return null;
  const { word, advice } = secrecyOf(approach);
  if (word === "No") {
    return { about: "secrecy", tone: "note", title: "Others could listen in", text: advice };
  }
  const title = word === "Yes" ? "The connection is encrypted" : "Nothing leaves this computer";
  return { about: "secrecy", tone: "good", title, text: null };
}

const LIVE: Readonly<Record<SocketState, Omit<Conclusion, "about">>> = {
  works: { tone: "good", title: "The live connection works", text: null },
  blocked: {
    tone: "bad",
    title: "The live connection is blocked",
    text:
      "This page loads, but something between you and the server, such as a company’s proxy or a " +
      "security program, blocks the live connection (WebSocket) that the room needs.",
  },
  mute: {
    tone: "bad",
    title: "The live connection opens, but nothing comes through",
    text:
      "Something between you and the server, such as a company’s proxy or a security program, takes " +
      "the live connection (WebSocket) and holds back what is sent over it.",
  },
};

const ANOTHER_NETWORK =
  "Turn a VPN or web filter off, or use another network, such as your phone’s hotspot.";
const ANOTHER_LINK =
  "Or ask the host for a link that begins with https: most proxies let that one through.";

function live({ approach, socket }: Examination): Conclusion | null {
  // Where nobody answers at all, nothing can be said of proxies.
  if (approach === null) return null;
  const { tone, title, text } = LIVE[socket];
  const sentences = [text, ANOTHER_NETWORK, ...(approach.secure ? [] : [ANOTHER_LINK])];
  return { about: "live", tone, title, text: text && sentences.join(" ") };
}

function speed({ roundTripsMs }: Examination): Conclusion | null {
  const median = medianOf(roundTripsMs);
  if (median === null) return null;
  const quality = qualityOfTrip(median);
  const { word, meaning } = qualityWords(quality);
  return {
    about: "speed",
    tone: quality === "slow" ? "note" : "good",
    title: `Speed of the line: ${word.toLowerCase()}, ${tripTime(median)} there and back`,
    text: meaning,
  };
}

function browser({ webAssembly, workers, storage }: BrowserFacts): Conclusion {
  if (!workers) {
    return {
      about: "browser",
      tone: "bad",
      title: "This browser cannot show the editor",
      text: "It has no workers, or they are turned off. Use a current Chrome, Edge, Firefox or Safari.",
    };
  }
  if (!webAssembly) {
    return {
      about: "browser",
      tone: "note",
      title: "Python cannot run in this browser",
      text:
        "WebAssembly is missing or turned off, as in some protected modes. All else works; to run " +
        "Python, allow it for this page or use another browser.",
    };
  }
  if (!storage) {
    return {
      about: "browser",
      tone: "note",
      title: "This browser keeps nothing for this page",
      text:
        "When you reload the page you have to join again, and what was typed while offline is gone. " +
        "Leave the private mode, or allow this page to store data.",
    };
  }
  return { about: "browser", tone: "good", title: "This browser has all that is needed", text: null };
}

export function medianOf(timesMs: readonly number[]): number | null {
  const sorted = timesMs.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length / 2) - 1] ?? null;
}

/** The examination as lines to send to somebody who can help; no invite and no code is in them. */
export function report(examination: Examination, server: string, userAgent: string): string {
  const { approach, trouble, socket, roundTripsMs, browser: facts } = examination;
  const yes = (fact: boolean): string => (fact ? "yes" : "no");
  return [
    "CodeInterview, check of a connection",
    `Server: ${server}`,
    `Way: ${approach?.path ?? "unknown"}`,
    `Encrypted: ${approach === null ? "unknown" : yes(approach.secure)}`,
    `Address that the server sees: ${approach?.address ?? "unknown"}`,
    `Trouble: ${trouble ?? "none"}`,
    `Live connection (WebSocket): ${socket}`,
    `Round trips: ${roundTripsMs.length === 0 ? "none" : `${roundTripsMs.join(", ")} ms`}`,
    `Secure context: ${yes(facts.secureContext)}`,
    `WebAssembly: ${yes(facts.webAssembly)}`,
    `Workers: ${yes(facts.workers)}`,
    `Storage: ${yes(facts.storage)}`,
    `Browser: ${userAgent}`,
  ].join("\n");
}
