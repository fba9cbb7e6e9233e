/** The runner's states and what it tells the room, against a scripted frame. */

import { beforeEach, describe, expect, it, vi } from "vitest";

import type { PageMessage } from "../../sandbox/messages";
import type { RunMessage } from "../collab/messages";
import type { LanguageFiles, Progress } from "./assets";
import { Runner } from "./runner";
import type { SandboxFrameEvents } from "./sandboxFrame";

/** What the page said to each frame it made, and how the frame answers. */
class ScriptedFrame {
  readonly events: SandboxFrameEvents;
  readonly heard: PageMessage[] = [];
  watched = false;
  disposed = false;

  constructor(events: SandboxFrameEvents) {
    this.events = events;
    made.push(this);
  }

  send(message: PageMessage): void {
    this.heard.push(message);
  }

  watch(watching: boolean): void {
    this.watched = watching;
  }

  dispose(): void {
    this.disposed = true;
  }
}

interface Fetch {
  readonly language: string;
  readonly onProgress: (progress: Progress) => void;
  readonly resolve: (files: LanguageFiles) => void;
  readonly reject: (error: Error) => void;
}

const made: ScriptedFrame[] = [];
const fetches: Fetch[] = [];

vi.mock("./sandboxFrame", () => ({
  SandboxFrame: function (events: SandboxFrameEvents) {
    return new ScriptedFrame(events);
  },
}));
vi.mock("./assets", () => ({
  fetchLanguage: (language: string, onProgress: Fetch["onProgress"]) =>
    new Promise<LanguageFiles>((resolve, reject) => {
      fetches.push({ language, onProgress, resolve, reject });
    }),
}));

const FILES: LanguageFiles = { source: "worker", assets: {} };
const REQUEST = { language: "python", path: "main.py", files: { "main.py": "print(1)" } };

let sent: RunMessage[];
let runner: Runner;

beforeEach(() => {
  vi.useFakeTimers();
  made.length = 0;
  fetches.length = 0;
  sent = [];
  runner = new Runner({ send: (message) => sent.push(message), timeoutMs: 5000 });
  return () => {
    runner.dispose();
    vi.useRealTimers();
  };
});

function frame(): ScriptedFrame {
  const last = made.at(-1);
  if (last === undefined) throw new Error("no frame was made");
  return last;
}

async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}

/** Answer the oldest fetch and let the frame load it. */
async function load(): Promise<void> {
  const fetched = fetches.shift();
  fetched?.resolve(FILES);
  await settle();
  const language = fetched?.language ?? "";
  frame().events.onMessage({ type: "loaded", language, interactive: true });
  frame().events.onMessage({ type: "warm", language, warm: true });
  await settle();
}

async function started(): Promise<string> {
  const id = runner.run(REQUEST);
  await load();
  expect(runner.getSnapshot().state).toBe("running");
  return id;
}

describe("loading", () => {
  it("tells the bytes while it warms up and is warm at the end", async () => {
    runner.warmUp("python");
    fetches[0]?.onProgress({ loadedBytes: 5, totalBytes: 10 });
    expect(runner.getSnapshot()).toMatchObject({
      state: "idle",
      language: "python",
      progress: { loadedBytes: 5, totalBytes: 10 },
      warm: false,
    });
    await load();
    expect(runner.getSnapshot()).toMatchObject({ progress: null, warm: true });
    expect(frame().heard.map((message) => message.type)).toEqual(["load"]);
  });

  it("loads a language once, however often it is asked for", async () => {
    runner.warmUp("python");
    runner.warmUp("python");
    runner.run(REQUEST);
    await load();
    expect(fetches).toHaveLength(0);
    expect(frame().heard.map((message) => message.type)).toEqual(["load", "run"]);
  });

  it("shows a failed warm-up and tries again with the next run", async () => {
    runner.warmUp("python");
    fetches.shift()?.reject(new Error("The server is away."));
    await settle();
    expect(runner.getSnapshot().error).toBe("The server is away.");
    await started();
    expect(runner.getSnapshot().error).toBeNull();
  });

  it("fails the run that waited for what could not be loaded", async () => {
    const id = runner.run(REQUEST);
    fetches.shift()?.resolve(FILES);
    await settle();
    frame().events.onMessage({ type: "load_failed", language: "python", error: "no memory" });
    await settle();
    expect(sent.slice(1)).toEqual([
      {
        run_id: id,
        event: "output",
        stream: "system",
        text: "Python did not start: no memory\n",
      },
      expect.objectContaining({ event: "finished", status: "error" }),
    ]);
    expect(runner.getSnapshot().state).toBe("idle");
  });

  it("replaces a frame that goes silent while it loads", async () => {
    runner.run(REQUEST);
    fetches.shift()?.resolve(FILES);
    await settle();
    expect(frame().watched).toBe(true);
    frame().events.onLost();
    await settle();
    expect(sent.at(-1)).toMatchObject({ event: "finished", status: "error" });
    expect(made.map((one) => one.disposed)).toEqual([true, false]);
  });

  it("ignores languages it does not know", () => {
    runner.warmUp("cobol");
    expect(fetches).toHaveLength(0);
  });
});

describe("a run", () => {
  it("is told to the room from start to end", async () => {
    const id = await started();
    const { onMessage } = frame().events;
    onMessage({ type: "output", runId: id, stream: "stdout", text: "1\n" });
    onMessage({ type: "output", runId: "another", stream: "stdout", text: "no" });
    onMessage({ type: "finished", runId: id, status: "ok", durationMs: 12.4, truncated: false });
    expect(sent).toEqual([
      { run_id: id, event: "started", language: "python", path: "main.py" },
      { run_id: id, event: "output", stream: "stdout", text: "1\n" },
      { run_id: id, event: "finished", status: "ok", duration_ms: 12, truncated: false },
    ]);
    expect(runner.getSnapshot()).toMatchObject({ state: "idle", runId: null });
    expect(frame().watched).toBe(false);
  });

  it("waits for input and goes on with it", async () => {
    const id = await started();
    frame().events.onMessage({ type: "waiting", runId: id, prompt: "Name? " });
    expect(runner.getSnapshot()).toMatchObject({ state: "waiting_for_input", prompt: "Name? " });
    runner.input("Ada");
    expect(frame().heard.at(-1)).toEqual({ type: "input", runId: id, text: "Ada" });
    expect(runner.getSnapshot()).toMatchObject({ state: "running", prompt: null });
    runner.input("unasked");
    expect(frame().heard.filter((message) => message.type === "input")).toHaveLength(1);
  });

  it("takes the place of the one before", async () => {
    const first = await started();
    const second = runner.run(REQUEST);
    await settle();
    expect(frame().heard.slice(1).map((message) => message.type)).toEqual(["run", "stop", "run"]);
    expect(sent.map((message) => [message.run_id, message.event])).toEqual([
      [first, "started"],
      [first, "finished"],
      [second, "started"],
    ]);
  });
});

describe("stop", () => {
  it("asks the frame first", async () => {
    const id = await started();
    runner.stop();
    expect(runner.getSnapshot().state).toBe("stopping");
    expect(frame().heard.at(-1)).toEqual({ type: "stop", runId: id });
    const end = { runId: id, status: "stopped", durationMs: 3, truncated: false } as const;
    frame().events.onMessage({ type: "finished", ...end });
    await vi.advanceTimersByTimeAsync(5000);
    expect(made).toHaveLength(1);
  });

  it("replaces a frame that does not obey, and warms the next", async () => {
    await started();
    runner.stop();
    await vi.advanceTimersByTimeAsync(1000);
    expect(runner.getSnapshot().state).toBe("idle");
    expect(sent.at(-1)).toMatchObject({ event: "finished", status: "stopped" });
    expect(made.map((one) => one.disposed)).toEqual([true, false]);
    await load();
    expect(runner.getSnapshot().warm).toBe(true);
  });

  it("ends a run that is still loading at once", () => {
    runner.run(REQUEST);
    runner.stop();
    expect(sent.at(-1)).toMatchObject({ event: "finished", status: "stopped" });
    expect(runner.getSnapshot().state).toBe("idle");
  });
});

describe("rest", () => {
  it("gives the frame up, and the next run makes another", async () => {
    const id = await started();
    runner.rest();
    expect(frame().disposed).toBe(true);
    expect(sent.at(-1)).toMatchObject({ run_id: id, event: "finished", status: "stopped" });
    expect(runner.getSnapshot()).toMatchObject({ state: "idle", language: null, warm: false });
    await started();
    expect(made).toHaveLength(2);
  });

  it("lets a load that is under way come to nothing", async () => {
    runner.warmUp("python");
    runner.rest();
    runner.warmUp("python");
    await load();
    expect(runner.getSnapshot()).toMatchObject({ warm: true, error: null });
    await load();
    expect(runner.getSnapshot().error).toBeNull();
    expect(made).toHaveLength(2);
    expect(made[0]?.heard).toEqual([]);
  });
});

it("says so when the sandbox is lost during a run", async () => {
  await started();
  frame().events.onLost();
  expect(sent.at(-2)).toMatchObject({ event: "output", stream: "system" });
  expect(sent.at(-1)).toMatchObject({ event: "finished", status: "error" });
});

it("is silent once it is disposed of", async () => {
  await started();
  runner.dispose();
  const count = sent.length;
  runner.warmUp("python");
  await settle();
  expect(sent).toHaveLength(count);
  expect(frame().disposed).toBe(true);
});
