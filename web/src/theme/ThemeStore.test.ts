/** Which theme is shown: the choice, the system, the desktop app. */

import { expect, it, vi } from "vitest";

import { SafeStorage } from "../api/storage";
import { ThemeStore, type ThemeMode } from "./ThemeStore";

function setUp(options: { system: ThemeMode; desktop?: ThemeMode; storage?: SafeStorage }) {
  const storage = options.storage ?? new SafeStorage(() => null);
  const root = { dataset: {} } as unknown as HTMLElement;
  const listeners = new Set<() => void>();
  const query = {
    matches: options.system === "dark",
    addEventListener: (_type: string, listener: () => void) => listeners.add(listener),
    removeEventListener: (_type: string, listener: () => void) => listeners.delete(listener),
  };
  const store = new ThemeStore({
    storage,
    root,
    query: query as unknown as MediaQueryList,
    desktop: options.desktop ?? null,
  });
  const system = (mode: ThemeMode): void => {
    query.matches = mode === "dark";
    for (const listener of listeners) listener();
  };
  return { store, root, storage, system, listeners };
}

it("follows the system while nothing is chosen", () => {
  const { store, root, system } = setUp({ system: "light" });
  const listener = vi.fn();
  store.subscribe(listener);
  expect(root.dataset["theme"]).toBe("light");
  system("dark");
  expect(store.getSnapshot()).toEqual({ choice: "system", mode: "dark" });
  expect(root.dataset["theme"]).toBe("dark");
  expect(listener).toHaveBeenCalledOnce();
});

it("keeps a choice against the system and across reloads, until it is withdrawn", () => {
  const { store, root, storage, system } = setUp({ system: "light" });
  store.choose("dark");
  system("light");
  expect(root.dataset["theme"]).toBe("dark");
  const reloaded = setUp({ system: "light", storage });
  expect(reloaded.store.getSnapshot()).toEqual({ choice: "dark", mode: "dark" });
  reloaded.store.choose("system");
  expect(reloaded.root.dataset["theme"]).toBe("light");
  expect(setUp({ system: "light", storage }).store.getSnapshot().choice).toBe("system");
});

it("starts like the desktop app and follows the system's later signals", () => {
  const { root, system } = setUp({ system: "light", desktop: "dark" });
  expect(root.dataset["theme"]).toBe("dark");
  system("light");
  expect(root.dataset["theme"]).toBe("light");
});

it("lets go of the system when disposed of", () => {
  const { store, listeners } = setUp({ system: "light" });
  store.dispose();
  expect(listeners.size).toBe(0);
});
