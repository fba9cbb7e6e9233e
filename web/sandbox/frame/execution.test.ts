/** One run, from its start to each of its ends. */

import { beforeEach, expect, it, vi } from "vitest";

import { WORKER_MESSAGES } from "../limits";
import type { FrameMessage, HostMessage, WorkerMessage } from "../messages";
import { Execution } from "./execution";
import { SignalRow } from "./signalRow";
import type { WorkerHost } from "./workerHost";

/** A worker that does what the test says; the real one needs a browser. */
class ScriptedWorker {
  ready: Promise<{ interactive: boolean }> = Promise.resolve({ interactive: true });
  listener: ((message: WorkerMessage) => void) | null = null;
  onCrash: ((reason: string) => void) | null = null;
  readonly heard: HostMessage[] = [];
  terminated = false;

  send(message: HostMessage): void {
    this.heard.push(message);
  }

  terminate(): void {
    this.terminated = true;
  }
}

let worker: ScriptedWorker;
let sent: FrameMessage[];
let over: number;
let execution: Execution;

beforeEach(async () => {
  vi.useFakeTimers();
  worker = new ScriptedWorker();
  sent = [];
  over = 0;
  execution = new Execution({
    runId: "r",
    program: { path: "main.py", files: { "main.py": "" }, stdin: null },
    timeoutMs: 1000,
    worker: worker as unknown as WorkerHost,
    signals: new SignalRow(),
    send: (message) => sent.push(message),
    onOver: () => (over += 1),
  });
  await execution.start();
  return () => {
    vi.useRealTimers();
  };
});

function end(): FrameMessage | undefined {
  return sent.find((message) => message.type === "finished");
}

function text(): string {
  return sent.map((message) => (message.type === "output" ? message.text : "")).join("");
}

it("passes output on and ends when the program is done", () => {
  worker.listener?.({ type: "output", stream: "stdout", text: "hi" });
  vi.advanceTimersByTime(40);
  worker.listener?.({ type: "done", status: "ok" });
  expect(text()).toBe("hi");
  expect(end()).toMatchObject({ status: "ok", truncated: false });
  expect(worker.terminated).toBe(true);
  expect(over).toBe(1);
});

it("ends the program when its time is over, not counting what it waited", () => {
  vi.advanceTimersByTime(600);
  worker.listener?.({ type: "input", prompt: "? ", signalled: false });
  vi.advanceTimersByTime(60_000);
  expect(end()).toBeUndefined();
  execution.input("answer");
  expect(worker.heard.at(-1)).toEqual({ type: "input", text: "answer" });
  vi.advanceTimersByTime(399);
  expect(end()).toBeUndefined();
  vi.advanceTimersByTime(1);
  expect(end()).toMatchObject({ status: "timeout" });
  expect(text()).toContain("Stopped after 1 s");
});

it("shows what was answered, and nothing for an answer that nobody asked for", () => {
  execution.input("early");
  worker.listener?.({ type: "input", prompt: "", signalled: false });
  execution.input("line");
  execution.input("twice");
  expect(worker.heard.map((message) => message.type)).toEqual(["run", "input"]);
  execution.stop();
  expect(text()).toBe("line\n");
});

it("stops once, whatever comes afterwards", () => {
  execution.stop();
  execution.stop();
  worker.listener?.({ type: "done", status: "ok" });
  expect(sent.filter((message) => message.type === "finished")).toHaveLength(1);
  expect(end()).toMatchObject({ status: "stopped" });
  expect(over).toBe(1);
});

it("says why when the worker dies", () => {
  worker.onCrash?.("out of memory");
  expect(end()).toMatchObject({ status: "error" });
  expect(text()).toContain("out of memory");
});

it("ends a program that floods the frame with messages", () => {
  for (let count = 0; count <= WORKER_MESSAGES; count += 1) {
    worker.listener?.({ type: "input", prompt: "", signalled: false });
  }
  expect(end()).toMatchObject({ status: "error" });
});
