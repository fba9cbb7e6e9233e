/** The page's end of the sandbox: owns the hidden frame, its port, and notices when it is lost. */

import type { FrameMessage, PageMessage } from "../../sandbox/messages";
import { parseFrameMessage } from "../../sandbox/messages";

const PING_EVERY_MS = 1000;
/** Unanswered pings after which the frame counts as lost. */
const PINGS_MISSED = 6;

export interface SandboxFrameEvents {
  readonly onMessage: (message: FrameMessage) => void;
  /** The frame no longer answers: crashed, or out of memory. Dispose it and make another. */
  readonly onLost: () => void;
}

export class SandboxFrame {
  readonly #element: HTMLIFrameElement;
  readonly #port: Promise<MessagePort>;
  readonly #events: SandboxFrameEvents;
  #openPort: MessagePort | null = null;
  #connect: ((event: MessageEvent<unknown>) => void) | null = null;
  #timer: ReturnType<typeof setInterval> | null = null;
  #pings = 0;
  #missed = 0;
  #disposed = false;

  constructor(events: SandboxFrameEvents) {
    this.#events = events;
    this.#element = document.createElement("iframe");
    this.#element.setAttribute("sandbox", "allow-scripts");
    this.#element.title = "Program sandbox";
    this.#element.tabIndex = -1;
    this.#element.setAttribute("aria-hidden", "true");
    Object.assign(this.#element.style, {
      position: "fixed",
      width: "1px",
      height: "1px",
      left: "-2px",
      top: "-2px",
      border: "0",
      visibility: "hidden",
    });
    this.#element.src = "/sandbox/frame.html";
    this.#port = new Promise((resolve) => {
      this.#connect = (event) => {
        const frame = this.#element.contentWindow;
        if (frame === null || event.source !== frame) return;
        if (event.data !== "codeinterview:ready") return;
        this.#stopConnecting();
        resolve(this.#open(frame));
      };
      window.addEventListener("message", this.#connect);
    });
    document.body.append(this.#element);
  }

  /** Send once the frame is there; what is sent before arrives in order. */
  send(message: PageMessage, transfer: Transferable[] = []): void {
    void this.#port.then((port) => {
      if (!this.#disposed) port.postMessage(message, transfer);
    });
  }

  /** Ping the frame while `watching`, and report when it stays silent. */
  watch(watching: boolean): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#missed = 0;
    this.#timer = watching ? setInterval(() => this.#ping(), PING_EVERY_MS) : null;
  }

  dispose(): void {
    this.#disposed = true;
    this.watch(false);
    this.#stopConnecting();
    this.#openPort?.close();
    this.#element.remove();
  }

  #open(frame: Window): MessagePort {
    const channel = new MessageChannel();
    channel.port1.onmessage = (event: MessageEvent<unknown>) => {
      const message = parseFrameMessage(event.data);
      if (message === null || this.#disposed) return;
      if (message.type === "pong") this.#missed = 0;
      else this.#events.onMessage(message);
    };
    this.#openPort = channel.port1;
    // An opaque origin has no name that could stand here instead of the asterisk.
    frame.postMessage("codeinterview:connect", "*", [channel.port2]);
    return channel.port1;
  }

  #ping(): void {
    if (++this.#missed > PINGS_MISSED) {
      this.watch(false);
      this.#events.onLost();
      return;
    }
    this.send({ type: "ping", id: ++this.#pings });
  }

  #stopConnecting(): void {
    if (this.#connect !== null) window.removeEventListener("message", this.#connect);
    this.#connect = null;
  }
}
