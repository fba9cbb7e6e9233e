/**
 * The preview's outer frame: shows the composed page in a frame of its own and passes its console on.
 *
 * The inner frame has another opaque origin and inherits this one's policy, whose `frame-src 'none'`
 * keeps the inner one from going anywhere else.
 */

import { acceptPort } from "../connect";
import { OutputQueue } from "../frame/output";
import { REASON_CHARS, RUN_BYTES } from "../limits";
import { compose } from "./compose";
import type { Files, PreviewMessage, ShowMessage } from "./messages";
import { parsePreviewMessage } from "./messages";

const prelude = document.getElementById("prelude")?.textContent.trim() ?? "";

class Preview {
  readonly #port: MessagePort;
  #hasLeft = false;
  readonly #frame = document.createElement("iframe");
  readonly #output = new OutputQueue(
    (stream, text) => this.#send({ type: "console", stream, text }),
    { bytes: RUN_BYTES, notice: "" },
  );

  constructor(port: MessagePort) {
    this.#port = port;
    this.#frame.setAttribute("sandbox", "allow-scripts allow-forms");
    this.#frame.title = document.title;
    port.onmessage = (event: MessageEvent<ShowMessage>) => {
      const message = event.data;
      if (message.type === "ping") this.#send({ type: "pong", id: message.id });
      else this.#show(message.path, message.files);
    };
    window.addEventListener("message", (event) => {
      if (event.source !== this.#frame.contentWindow) return;
      const message = parsePreviewMessage(event.data);
      if (message?.type !== "console") return;
      // Only this frame speaks as the system.
      const stream = message.stream === "system" ? "info" : message.stream;
      this.#output.write(stream, message.text);
    });
    // Where a page wants to go is checked against the policy of the document around it.
    window.addEventListener("securitypolicyviolation", (event) => {
      // Once: a page may try again before the first attempt has replaced it.
      if (event.effectiveDirective !== "frame-src" || this.#hasLeft) return;
      this.#hasLeft = true;
      const place = event.blockedURI.slice(0, REASON_CHARS);
      this.#output.notice(
        `The page went to ${place}, which a preview cannot show. Run loads it again.\n`,
      );
    });
  }

  #send(message: PreviewMessage): void {
    this.#port.postMessage(message);
  }

  #show(path: string, files: Files): void {
    this.#hasLeft = false;
    this.#frame.srcdoc = compose(path, files, prelude);
    document.body.replaceChildren(this.#frame);
  }
}

acceptPort((port) => new Preview(port));
