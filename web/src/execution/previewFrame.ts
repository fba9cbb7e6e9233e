/** The page's end of the preview: owns the frame that shows one version of an HTML page. */

import type { Stream } from "../../sandbox/messages";
import { parsePreviewMessage, type Files, type ShowMessage } from "../../sandbox/preview/messages";
import { BASE_PATH } from "../api/base";
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

/**
 * How long a frame may take to be there. One that hung while it was closed keeps its process for
 * a moment, and takes a frame that is opened meanwhile along; the next one has a fresh process.
 */
const OPEN_WITHIN_MS = 1500;

export class PreviewFrame {
  readonly #options: PreviewFrameOptions;
  readonly #heartbeat: Heartbeat;
  #element: HTMLIFrameElement;
  #port: FramePort;
  readonly #retry: ReturnType<typeof setTimeout>;

  constructor(options: PreviewFrameOptions) {
    this.#options = options;
    this.#heartbeat = new Heartbeat({
      ping: (id) => this.#send({ type: "ping", id }),
      onLost: () => {
        options.onConsole("system", LOST);
        options.onLost();
      },
    });
    [this.#element, this.#port] = this.#open();
    this.#retry = setTimeout(() => {
      if (this.#port.connected) return;
      this.#close();
      [this.#element, this.#port] = this.#open();
      this.#heartbeat.start();
    }, OPEN_WITHIN_MS);
    this.#heartbeat.start();
  }

  dispose(): void {
    clearTimeout(this.#retry);
    this.#heartbeat.stop();
    this.#close();
  }

  #open(): [HTMLIFrameElement, FramePort] {
    const { parent, title, path, files, onConsole } = this.#options;
    const element = document.createElement("iframe");
    // Forms only so that pages hear `submit`; the frame's policy lets none be sent.
    element.setAttribute("sandbox", "allow-scripts allow-forms");
    element.title = title;
    const port = new FramePort(element, (data) => {
      const message = parsePreviewMessage(data);
      if (message?.type === "pong") this.#heartbeat.heard();
      else if (message !== null) onConsole(message.stream, message.text);
    });
    const show: ShowMessage = { type: "show", path, files };
    port.send(show);
    element.src = `${BASE_PATH}sandbox/preview.html`;
    parent.append(element);
    return [element, port];
  }

  #close(): void {
    this.#port.dispose();
    this.#element.remove();
  }

  #send(message: ShowMessage): void {
    this.#port.send(message);
  }
}
