/**
 * Copying with and without the async clipboard API.
 * @vitest-environment jsdom
 */

import { afterEach, expect, it, vi } from "vitest";

import { copyText } from "./clipboard";

afterEach(() => {
  document.body.innerHTML = "";
  Reflect.deleteProperty(navigator, "clipboard");
  Reflect.deleteProperty(document, "execCommand");
});

function clipboard(writeText: (text: string) => Promise<void>): void {
  Object.defineProperty(navigator, "clipboard", { value: { writeText }, configurable: true });
}

/** Stands in for the browser: fires the copy event where the focus is, and remembers its outcome. */
function command(result: boolean | Error): { copied: string | null; parent: Element | null } {
  const seen: { copied: string | null; parent: Element | null } = { copied: null, parent: null };
  Object.defineProperty(document, "execCommand", {
    configurable: true,
    value: () => {
      if (result instanceof Error) throw result;
      const active = document.activeElement;
      if (result && active instanceof HTMLTextAreaElement && active.selectionEnd > 0) {
        const event = new Event("copy", { bubbles: true, cancelable: true });
        const clipboardData = {
          setData: (type: string, text: string) => (seen.copied = `${type}: ${text}`),
        };
        Object.defineProperty(event, "clipboardData", { value: clipboardData });
        expect(active.dispatchEvent(event)).toBe(false);
        seen.parent = active.parentElement;
      }
      return result;
    },
  });
  return seen;
}

it("uses the clipboard API where there is one", async () => {
  const write = vi.fn(() => Promise.resolve());
  clipboard(write);
  await expect(copyText("1a2b3c4d")).resolves.toBe(true);
  expect(write).toHaveBeenCalledWith("1a2b3c4d");
});

it("copies by the old command where there is none, and gives focus back", async () => {
  document.body.innerHTML = "<button>Copy</button>";
  const button = document.querySelector("button");
  button?.focus();
  const seen = command(true);
  await expect(copyText("line one\nline two")).resolves.toBe(true);
  expect(seen.copied).toBe("text/plain: line one\nline two");
  expect(document.querySelector("textarea")).toBeNull();
  expect(document.activeElement).toBe(button);
});

it("does so too when the clipboard API refuses", async () => {
  clipboard(() => Promise.reject(new DOMException("no", "NotAllowedError")));
  const seen = command(true);
  await expect(copyText("text")).resolves.toBe(true);
  expect(seen.copied).toBe("text/plain: text");
});

it("works inside a dialog that keeps focus to itself", async () => {
  document.body.innerHTML = '<div role="dialog"><button>Copy</button></div>';
  document.querySelector("button")?.focus();
  const seen = command(true);
  await copyText("text");
  expect(seen.parent).toBe(document.querySelector('[role="dialog"]'));
});

it("does not believe a command that brought no copy event", async () => {
  Object.defineProperty(document, "execCommand", { configurable: true, value: () => true });
  await expect(copyText("text")).resolves.toBe(false);
});

it.each([false, new Error("blocked")])("says when nothing worked (%s)", async (result) => {
  command(result);
  await expect(copyText("text")).resolves.toBe(false);
  expect(document.querySelector("textarea")).toBeNull();
});
