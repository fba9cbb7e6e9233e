/**
 * Connects a language to the frame.
 *
 * User code shares this global scope, so everything needed afterwards is taken beforehand, and the
 * port stays in closures that no user code can reach.
 */

import { PROGRAM_BYTES } from "../limits";
import type { HostMessage, Program, WorkerMessage } from "../messages";
import { BlockingInput, canBlock } from "./blockingInput";
import type { Terminal, WorkerLanguage } from "./language";

const apply = Reflect.apply;
const { get: dataOf } = Object.getOwnPropertyDescriptor(MessageEvent.prototype, "data") as {
  get: (this: MessageEvent) => unknown;
};

function hostMessage(event: MessageEvent): HostMessage {
  return apply(dataOf, event, []) as HostMessage;
}

function start(language: WorkerLanguage, port: MessagePort, assets: InitAssets): void {
  const post = port.postMessage.bind(port) as (message: WorkerMessage) => void;
  // Asked only by who needs it: the browser's console notes each look at what is gone.
  let blocking: boolean | null = null;
  const mayBlock = (): boolean => (blocking ??= canBlock());
  let answer: ((text: string | null) => void) | null = null;
  const waiting: { prompt: string; resolve: (text: string | null) => void }[] = [];

  const askNext = (): void => {
    const next = waiting[0];
    if (next === undefined || answer !== null) return;
    answer = (text) => {
      waiting.shift();
      answer = null;
      next.resolve(text);
      askNext();
    };
    post({ type: "input", prompt: next.prompt, signalled: false });
  };

  const terminalFor = (program: Program, signals: readonly string[], interactive: boolean): Terminal => {
    const lines = program.stdin?.split("\n") ?? [];
    const given = program.stdin !== null || !interactive;
    const input = new BlockingInput(signals);
    // The frame counts for itself; what it would drop anyway must not keep it from hearing Stop.
    let left = PROGRAM_BYTES;
    return {
      canBlock: () => given || mayBlock(),
      write: (stream, text) => {
        if (left < 0) return;
        left -= text.length;
        post({ type: "output", stream, text });
      },
      readLine: (prompt) =>
        given
          ? Promise.resolve(lines.shift() ?? null)
          : new Promise((resolve) => {
              waiting.push({ prompt, resolve });
              askNext();
            }),
      readLineBlocking: (prompt) => {
        if (given) return lines.shift() ?? null;
        if (input.exhausted) {
          throw new Error("This program asked for input too often in one run.");
        }
        post({ type: "input", prompt, signalled: true });
        return input.read();
      },
    };
  };

  let interactive = false;
  port.onmessage = (event) => {
    const message = hostMessage(event);
    if (message.type === "input") {
      answer?.(message.text);
    } else if (message.type === "run") {
      const terminal = terminalFor(message.program, message.signals, interactive);
      language.run(message.program, terminal).then(
        (status) => post({ type: "done", status }),
        (error: unknown) => {
          post({ type: "output", stream: "stderr", text: `${String(error)}\n` });
          post({ type: "done", status: "error" });
        },
      );
    }
  };
  language.load(assets, mayBlock).then(
    (value) => {
      interactive = value;
      post({ type: "ready", interactive });
    },
    (error: unknown) => post({ type: "failed", error: String(error) }),
  );
}

type InitAssets = (HostMessage & { type: "init" })["assets"];

/** Wait for the frame's port, then load the language. */
export function serve(language: WorkerLanguage): void {
  const begin = (event: MessageEvent): void => {
    const message = hostMessage(event);
    if (message.type !== "init") return;
    self.removeEventListener("message", begin);
    start(language, message.port, message.assets);
  };
  self.addEventListener("message", begin);
}
