// @vitest-environment jsdom
/** The preview's frame: how it is sealed, told what to show, and replaced. */

import { act, cleanup, render } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { CONNECT, READY } from "../../sandbox/connect";
import type { OutputStream } from "../collab/messages";
import { HtmlPreview } from "./HtmlPreview";

const FILES = { "index.html": "<p>hi", "style.css": "", "script.js": "" };
const MORE = { ...FILES, "index.html": "<p>more" };

let heard: [OutputStream, string][];
let lost: number;

beforeEach(() => {
  heard = [];
  lost = 0;
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
});

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

function preview(version: number, files: Readonly<Record<string, string>> = FILES) {
  return (
    <HtmlPreview
      files={files}
      version={version}
      title="Preview of the page"
      onLost={() => (lost += 1)}
      onConsole={(stream, text) => heard.push([stream, text])}
    />
  );
}

function frameIn(container: HTMLElement): HTMLIFrameElement {
  const frame = container.querySelector("iframe");
  if (frame === null) throw new Error("there is no frame");
  return frame;
}

/** Do the frame's part of the handshake; returns the port that the page hands over. */
async function connect(frame: HTMLIFrameElement): Promise<MessagePort> {
  const target = frame.contentWindow;
  if (target === null) throw new Error("the frame has no window");
  const given = new Promise<MessagePort>((resolve) => {
    vi.spyOn(target, "postMessage").mockImplementation(((
      message: unknown,
      _origin: string,
      [port]: [MessagePort],
    ) => {
      expect(message).toBe(CONNECT);
      resolve(port);
    }) as typeof target.postMessage);
  });
  window.dispatchEvent(new MessageEvent("message", { data: READY, source: target }));
  return given;
}

function next(port: MessagePort): Promise<unknown> {
  return new Promise((resolve) => {
    port.onmessage = (event: MessageEvent<unknown>) => resolve(event.data);
  });
}

it("shows the page in a frame without an origin and without top navigation", () => {
  const { container } = render(preview(1));
  const frame = frameIn(container);
  expect(frame.getAttribute("sandbox")?.split(" ").sort()).toEqual([
    "allow-forms",
    "allow-scripts",
  ]);
  expect(new URL(frame.src).pathname).toBe("/sandbox/preview.html");
  expect(frame.title).toBe("Preview of the page");
});

it("hands the files over and passes the console on, but nothing else", async () => {
  const { container } = render(preview(1));
  const port = await connect(frameIn(container));
  expect(await next(port)).toEqual({ type: "show", path: "index.html", files: FILES });
  port.postMessage({ type: "console", stream: "shout", text: "no" });
  port.postMessage({ type: "console", stream: "warn", text: "careful\n" });
  await vi.waitFor(() => {
    expect(heard).toEqual([["warn", "careful\n"]]);
  });
  port.close();
});

it("makes a new frame for a new version, and none for another render", () => {
  const { container, rerender, unmount } = render(preview(1));
  const first = frameIn(container);
  rerender(preview(1));
  expect(frameIn(container)).toBe(first);
  rerender(preview(2, MORE));
  expect(frameIn(container)).not.toBe(first);
  expect(first.isConnected).toBe(false);
  unmount();
  expect(document.querySelector("iframe")).toBeNull();
});

it("says when a page does not answer any more, once", () => {
  render(preview(1));
  act(() => {
    vi.advanceTimersByTime(60_000);
  });
  expect(lost).toBe(1);
  expect(heard).toHaveLength(1);
  expect(heard[0]?.[0]).toBe("system");
  expect(heard[0]?.[1]).toContain("endless loop");
});

it("opens another frame when the first does not come about, and keeps one that did", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
  const { container } = render(preview(1));
  const first = frameIn(container);
  vi.advanceTimersByTime(1499);
  expect(frameIn(container)).toBe(first);
  vi.advanceTimersByTime(1);
  const second = frameIn(container);
  expect(second).not.toBe(first);
  expect(first.isConnected).toBe(false);
  const port = await connect(second);
  expect(await next(port)).toEqual({ type: "show", path: "index.html", files: FILES });
  vi.advanceTimersByTime(3000);
  expect(frameIn(container)).toBe(second);
  port.close();
});

it("keeps a frame that came about in time", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
  const { container } = render(preview(1));
  const frame = frameIn(container);
  const port = await connect(frame);
  vi.advanceTimersByTime(3000);
  expect(frameIn(container)).toBe(frame);
  port.close();
});
