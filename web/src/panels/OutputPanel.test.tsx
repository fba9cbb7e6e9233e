/**
 * The output panel: runs, streams, input, clearing, following.
 * @vitest-environment jsdom
 */

import { render, screen, within, cleanup } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";

import type { RunRecord } from "../collab/messages";
import { expectAccessible } from "../testing/page";
import { TooltipProvider } from "../ui/Tooltip";
import { OutputPanel } from "./OutputPanel";

function run(id: string, more: Partial<RunRecord> = {}): RunRecord {
  return {
    run_id: id,
    participant_id: "u1",
    name: "Ada",
    language: "python",
    path: "main.py",
    started_at: 0,
    status: "ok",
    duration_ms: 41,
    truncated: false,
    output: [{ stream: "stdout", text: `from ${id}\n` }],
    ...more,
  };
}

function show(props: Partial<Parameters<typeof OutputPanel>[0]> = {}) {
  const onInput = vi.fn();
  const onClear = vi.fn();
  const panel = (more: typeof props) => (
    <TooltipProvider>
      <OutputPanel
        title="Output"
        runs={[]}
        myId="u2"
        canRun
        progress={null}
        problem={null}
        prompt={null}
        onInput={onInput}
        onClear={onClear}
        {...more}
      />
    </TooltipProvider>
  );
  const view = render(panel(props));
  return { ...view, onInput, onClear, update: (more: typeof props) => view.rerender(panel(more)) };
}

afterEach(cleanup);

it("says what to do while nothing has run", async () => {
  const { container, update } = show();
  expect(screen.getByText(/Press Run/)).toBeTruthy();
  await expectAccessible(container);
  update({ canRun: false });
  expect(screen.getByText(/When somebody runs/)).toBeTruthy();
});

it("shows who ran what, how long and how it ended", async () => {
  const { container } = show({
    runs: [
      run("r1"),
      run("r2", {
        participant_id: "u2",
        name: "Grace",
        status: "error",
        duration_ms: 1300,
        truncated: true,
        output: [
          { stream: "stdout", text: "a" },
          { stream: "stderr", text: "\u001b[31mTraceback\u001b[0m" },
        ],
      }),
    ],
  });
  const [first, second] = screen.getAllByRole("article");
  expect(first?.textContent).toMatch(/^Adaran main\.py.*41 msDonefrom r1/);
  expect(second?.textContent).toMatch(/^Youran main\.py.*1\.3 sFailedaTraceback/);
  expect(second?.textContent).toContain("too long");
  expect(second?.querySelector('[data-stream="stderr"]')?.textContent).toBe("Traceback");
  await expectAccessible(container);
});

it("offers a line of input only while my program waits, and end of input", async () => {
  const user = userEvent.setup();
  const { container, onInput, update } = show({ runs: [run("r1", { status: "running" })] });
  expect(screen.queryByRole("textbox")).toBeNull();
  update({ runs: [run("r1", { status: "running" })], prompt: "Your name: " });
  const field = screen.getByLabelText("Your name:");
  expect(document.activeElement).toBe(field);
  await expectAccessible(container);
  await user.type(field, "Grace{Enter}");
  expect(onInput).toHaveBeenLastCalledWith("Grace");
  expect(field).toHaveProperty("value", "");
  await user.type(field, "{Control>}d{/Control}");
  expect(onInput).toHaveBeenLastCalledWith(null);
});

it("shows how much of the language has arrived", () => {
  show({ progress: { what: "Python", loadedBytes: 3_100_000, totalBytes: 12_400_000 } });
  expect(screen.getByText(/Getting Python ready: 3\.1 of 12\.4 MB/)).toBeTruthy();
  expect(screen.getByRole("progressbar").getAttribute("aria-valuenow")).toBe("25");
});

it("clears on request, and has nothing to clear or copy while empty", async () => {
  const user = userEvent.setup();
  const { onClear, update } = show({ runs: [run("r1")] });
  await user.click(screen.getByRole("button", { name: "Clear output" }));
  expect(onClear).toHaveBeenCalledOnce();
  update({ runs: [] });
  expect(screen.getByRole("button", { name: "Clear output" })).toHaveProperty("disabled", true);
  expect(screen.getByRole("button", { name: "Copy output" })).toHaveProperty("disabled", true);
});

describe("following", () => {
  it("goes on until the person scrolls up, and again from Latest", async () => {
    const user = userEvent.setup();
    const { update } = show({ runs: [run("r1")] });
    const log = screen.getByRole("log");
    Object.defineProperty(log, "clientHeight", { value: 100 });
    let height = 300;
    Object.defineProperty(log, "scrollHeight", { get: () => height });
    height = 500;
    update({ runs: [run("r1"), run("r2")] });
    expect(log.scrollTop).toBe(500);

    log.scrollTop = 20;
    log.dispatchEvent(new Event("scroll", { bubbles: true }));
    const latest = await screen.findByRole("button", { name: "Latest" });
    height = 700;
    update({ runs: [run("r1"), run("r2"), run("r3")] });
    expect(log.scrollTop).toBe(20);

    await user.click(latest);
    expect(log.scrollTop).toBe(700);
    expect(within(log).getAllByRole("article")).toHaveLength(3);
  });
});
