/** Renders pages in jsdom with real services, a fake network, and axe at hand. */

import { cleanup, render } from "@testing-library/react";
import axe from "axe-core";
import { useEffect, type ReactNode } from "react";
import { MemoryRouter, Route, Routes, useLocation, useNavigate } from "react-router";
import { expect, vi } from "vitest";

import { ApiClient } from "../api/client";
import { Credentials, type DesktopBridge } from "../api/credentials";
import { SafeStorage } from "../api/storage";
import { ServicesProvider } from "../app/services";
import { ThemeStore } from "../theme/ThemeStore";
import { TooltipProvider } from "../ui/Tooltip";

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | null;
  readonly body: unknown;
}

export interface Reply {
  readonly status: number;
  readonly body: unknown;
}

export function refusal(status: number, code: string, error: string): Reply {
  return { status, body: { detail: { success: false, error, code } } };
}

interface PageOptions {
  /** Where the page is opened, such as `/i/1a2b3c4d#invite`. */
  readonly at: string;
  readonly route: string;
  readonly desktop?: DesktopBridge | null;
  /** Answers by "METHOD /path" without the query; anything else is a network failure. */
  readonly replies?: Readonly<Record<string, Reply | ((asked: Asked) => Reply)>>;
}

/** The page, what it asked the server, and where it has gone. */
export function openPage(page: ReactNode, options: PageOptions) {
  cleanup();
  const scope = { matches: false, addEventListener: vi.fn(), removeEventListener: vi.fn() };
  vi.stubGlobal("matchMedia", () => scope);
  // Radix measures its radio buttons; jsdom has no layout to measure.
  vi.stubGlobal(
    "ResizeObserver",
    class {
      readonly observe = vi.fn();
      readonly unobserve = vi.fn();
      readonly disconnect = vi.fn();
    },
  );
  const local = new SafeStorage(() => null);
  const credentials = new Credentials({
    local,
    tab: new SafeStorage(() => null),
    desktop: options.desktop ?? null,
  });
  const asked: Asked[] = [];
  const fakeFetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const url = new URL(input instanceof Request ? input.url : input);
    const request: Asked = {
      method: init?.method ?? "GET",
      path: url.pathname.replace("/api/v1", "") + url.search,
      authorization: new Headers(init?.headers).get("Authorization"),
      body: typeof init?.body === "string" ? (JSON.parse(init.body) as unknown) : null,
    };
    asked.push(request);
    const reply = options.replies?.[`${request.method} ${request.path.split("?")[0] ?? ""}`];
    if (reply === undefined) throw new TypeError("network failure");
    const { status, body } = typeof reply === "function" ? reply(request) : reply;
    return Promise.resolve(new Response(JSON.stringify(body), { status }));
  };
  const place = { path: "", go: (_to: string): void => undefined };
  const server = "http://interview.test:8765";
  const view = render(
    <ServicesProvider
      value={{
        api: new ApiClient({ server, fetch: fakeFetch }),
        credentials,
        theme: new ThemeStore({
          storage: local,
          root: document.documentElement,
          query: window.matchMedia("(prefers-color-scheme: dark)"),
          desktop: null,
        }),
        storage: local,
        server,
      }}
    >
      <TooltipProvider>
        <MemoryRouter initialEntries={[options.at]}>
          <Place
            onMove={(path, navigate) => {
              place.path = path;
              place.go = navigate;
            }}
          />
          <Routes>
            <Route path={options.route} element={page} />
            <Route path="*" element={<p>elsewhere</p>} />
          </Routes>
        </MemoryRouter>
      </TooltipProvider>
    </ServicesProvider>,
  );
  return { ...view, asked, credentials, place };
}

interface PlaceProps {
  readonly onMove: (path: string, navigate: (to: string) => void) => void;
}

function Place({ onMove }: PlaceProps) {
  const { pathname, hash } = useLocation();
  const navigate = useNavigate();
  useEffect(() => {
    onMove(pathname + hash, (to) => void navigate(to));
  });
  return null;
}

/** Fails with axe's own words; colours are checked in a real browser instead. */
export async function expectAccessible(container: Element): Promise<void> {
  // jsdom has no canvas, and complains when axe looks for one.
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(null);
  const result = await axe.run(container, { rules: { "color-contrast": { enabled: false } } });
  expect(
    result.violations.map((violation) => ({
      rule: violation.id,
      nodes: violation.nodes.map((node) => node.html),
    })),
  ).toEqual([]);
}
