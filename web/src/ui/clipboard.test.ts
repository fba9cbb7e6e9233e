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

/** Stands in for the browser: remembers what was selected when the command came. */
function command(result: boolean | Error): { copied: string | null; parent: Element | null } {
  const seen: { copied: string | null; parent: Element | null } = { copied: null, parent: null };
  Object.defineProperty(document, "execCommand", {
    configurable: true,
    value: () => {
      if (result instanceof Error) throw result;
      const active = document.activeElement;
      if (active instanceof HTMLTextAreaElement) {
        seen.copied = active.value.slice(active.selectionStart, active.selectionEnd);
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

it("selects and copies where there is none, and gives focus back", async () => {
  document.body.innerHTML = "<button>Copy</button>";
  const button = document.querySelector("button");
  button?.focus();
  const seen = command(true);
  await expect(copyText("line one\nline two")).resolves.toBe(true);
  expect(seen.copied).toBe("line one\nline two");
  expect(document.querySelector("textarea")).toBeNull();
  expect(document.activeElement).toBe(button);
});

it("does so too when the clipboard API refuses", async () => {
  clipboard(() => Promise.reject(new DOMException("no", "NotAllowedError")));
  const seen = command(true);
  await expect(copyText("text")).resolves.toBe(true);
  expect(seen.copied).toBe("text");
});

it("works inside a dialog that keeps focus to itself", async () => {
  document.body.innerHTML = '<div role="dialog"><button>Copy</button></div>';
  document.querySelector("button")?.focus();
  const seen = command(true);
  await copyText("text");
  expect(seen.parent).toBe(document.querySelector('[role="dialog"]'));
});

it.each([false, new Error("blocked")])("says when nothing worked (%s)", async (result) => {
  command(result);
  await expect(copyText("text")).resolves.toBe(false);
  expect(document.querySelector("textarea")).toBeNull();
});
