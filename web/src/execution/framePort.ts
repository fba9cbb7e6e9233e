/** The page's end of the port to one frame of the sandbox. */

import { CONNECT, READY } from "../../sandbox/connect";

export class FramePort {
  readonly #element: HTMLIFrameElement;
  readonly #onMessage: (data: unknown) => void;
  readonly #port: Promise<MessagePort>;
  #resolve: (port: MessagePort) => void = () => undefined;
  #open: MessagePort | null = null;
  #disposed = false;

  /** Listens for `element`'s frame; call before the frame is loaded. */
  constructor(element: HTMLIFrameElement, onMessage: (data: unknown) => void) {
    this.#element = element;
    this.#onMessage = onMessage;
    this.#port = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    window.addEventListener("message", this.#connect);
  }

  /** Send once the frame is there; what is sent before arrives in order. */
  send(message: unknown, transfer: Transferable[] = []): void {
    void this.#port.then((port) => {
      if (!this.#disposed) port.postMessage(message, transfer);
    });
  }

  /** Whether the frame is there. */
  get connected(): boolean {
    return this.#open !== null;
  }

  dispose(): void {
    this.#disposed = true;
    window.removeEventListener("message", this.#connect);
    this.#open?.close();
  }

  readonly #connect = (event: MessageEvent<unknown>): void => {
    const frame = this.#element.contentWindow;
    if (frame === null || event.source !== frame || event.data !== READY) return;
    window.removeEventListener("message", this.#connect);
    const channel = new MessageChannel();
    channel.port1.onmessage = (message: MessageEvent<unknown>) => {
      if (!this.#disposed) this.#onMessage(message.data);
    };
    this.#open = channel.port1;
    // An opaque origin has no name that could stand here instead of the asterisk.
    frame.postMessage(CONNECT, "*", [channel.port2]);
    this.#resolve(channel.port1);
  };
}
