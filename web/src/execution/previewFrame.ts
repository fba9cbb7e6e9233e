/** The page's end of the preview: owns the frame that shows one version of an HTML page. */

import type { Stream } from "../../sandbox/messages";
import { parsePreviewMessage, type Files, type ShowMessage } from "../../sandbox/preview/messages";
import { FramePort } from "./framePort";
import { Heartbeat } from "./heartbeat";

export interface PreviewFrameOptions {
  /** Where the frame is put. */
  readonly parent: HTMLElement;
  readonly title: string;
  readonly path: string;
  readonly files: Files;
  readonly onConsole: (stream: Stream, text: string) => void;
  /** The page no longer answers, which the console was told; dispose of the frame. */
  readonly onLost: () => void;
}

const LOST =
  "The page does not answer any more, perhaps because of an endless loop or for want of memory. It was closed; Run opens it again.\n";

export class PreviewFrame {
  readonly #element: HTMLIFrameElement;
  readonly #port: FramePort;
  readonly #heartbeat: Heartbeat;

  constructor({ parent, title, path, files, onConsole, onLost }: PreviewFrameOptions) {
    this.#element = document.createElement("iframe");
    // Forms only so that pages hear `submit`; the frame's policy lets none be sent.
    this.#element.setAttribute("sandbox", "allow-scripts allow-forms");
    this.#element.title = title;
    this.#port = new FramePort(this.#element, (data) => {
      const message = parsePreviewMessage(data);
      if (message?.type === "pong") this.#heartbeat.heard();
      else if (message !== null) onConsole(message.stream, message.text);
    });
    this.#heartbeat = new Heartbeat({
      ping: (id) => this.#send({ type: "ping", id }),
      onLost: () => {
        onConsole("system", LOST);
        onLost();
      },
    });
    this.#send({ type: "show", path, files });
    this.#heartbeat.start();
    this.#element.src = "/sandbox/preview.html";
    parent.append(this.#element);
  }

  dispose(): void {
    this.#heartbeat.stop();
    this.#port.dispose();
    this.#element.remove();
  }

  #send(message: ShowMessage): void {
    this.#port.send(message);
  }
}
