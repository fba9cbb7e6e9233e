/** The page's end of the sandbox: owns the hidden frame, its port, and notices when it is lost. */

import type { FrameMessage, PageMessage } from "../../sandbox/messages";
import { parseFrameMessage } from "../../sandbox/messages";
import { BASE_PATH } from "../api/base";
import { FramePort } from "./framePort";
import { Heartbeat } from "./heartbeat";

export interface SandboxFrameEvents {
  readonly onMessage: (message: FrameMessage) => void;
  /** The frame no longer answers: crashed, or out of memory. Dispose it and make another. */
  readonly onLost: () => void;
}

export class SandboxFrame {
  readonly #element: HTMLIFrameElement;
  readonly #port: FramePort;
  readonly #heartbeat: Heartbeat;

  constructor(events: SandboxFrameEvents) {
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
    this.#port = new FramePort(this.#element, (data) => {
      const message = parseFrameMessage(data);
      if (message?.type === "pong") this.#heartbeat.heard();
      else if (message !== null) events.onMessage(message);
    });
    this.#heartbeat = new Heartbeat({
      ping: (id) => this.send({ type: "ping", id }),
      onLost: events.onLost,
    });
    this.#element.src = `${BASE_PATH}sandbox/frame.html`;
    document.body.append(this.#element);
  }

  /** Send once the frame is there; what is sent before arrives in order. */
  send(message: PageMessage, transfer: Transferable[] = []): void {
    this.#port.send(message, transfer);
  }

  /** Ping the frame while `watching`, and report when it stays silent. */
  watch(watching: boolean): void {
    if (watching) this.#heartbeat.start();
    else this.#heartbeat.stop();
  }

  dispose(): void {
    this.#heartbeat.stop();
    this.#port.dispose();
    this.#element.remove();
  }
}
