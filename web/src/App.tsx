/** The page's composition root: makes the long-lived objects and routes to the pages. */

import "@fontsource-variable/inter/wght.css";
import "@fontsource-variable/jetbrains-mono/wght.css";
import "./theme/tokens.css";
import "./theme/base.css";

import { lazy, Suspense, useEffect, useState } from "react";
import { BrowserRouter, Route, Routes } from "react-router";

import { BASE_PATH, serverAt } from "./api/base";
import { ApiClient } from "./api/client";
import { Credentials, desktopBridge } from "./api/credentials";
import { SafeStorage } from "./api/storage";
import { ErrorBoundary } from "./app/ErrorBoundary";
import { ServicesProvider, type Services } from "./app/services";
import { HomePage } from "./pages/home/HomePage";
import { JoinPage } from "./pages/join/JoinPage";
import { NoSuchPage } from "./pages/problems";
import { RoomSkeleton } from "./pages/room/RoomSkeleton";
import { ThemeStore } from "./theme/ThemeStore";
import { TooltipProvider } from "./ui/Tooltip";

// The room brings editor and execution along; the other pages do without.
const RoomPage = lazy(async () => ({
  default: (await import("./pages/room/RoomPage")).RoomPage,
}));

const TOOLTIP_DELAY_MS = 400;

export function App() {
  const [services] = useState(() => makeServices(window));
  useEffect(
    () => () => {
      services.theme.dispose();
    },
    [services],
  );
  return (
    <ErrorBoundary>
      <ServicesProvider value={services}>
        <TooltipProvider delayDuration={TOOLTIP_DELAY_MS}>
          <BrowserRouter basename={BASE_PATH}>
            <Suspense fallback={<RoomSkeleton />}>
              <Routes>
                <Route path="/" element={<HomePage />} />
                <Route path="/i/:sessionId" element={<JoinPage />} />
                <Route path="/s/:sessionId" element={<RoomPage />} />
                <Route path="*" element={<NoSuchPage />} />
              </Routes>
            </Suspense>
          </BrowserRouter>
        </TooltipProvider>
      </ServicesProvider>
    </ErrorBoundary>
  );
}

function makeServices(scope: Window): Services {
  const storage = new SafeStorage(() => scope.localStorage);
  const desktop = desktopBridge(scope);
  const server = serverAt(scope.location.origin);
  return {
    api: new ApiClient({ server }),
    credentials: new Credentials({
      local: storage,
      tab: new SafeStorage(() => scope.sessionStorage),
      desktop,
    }),
    theme: new ThemeStore({
      storage,
      root: scope.document.documentElement,
      query: scope.matchMedia("(prefers-color-scheme: dark)"),
      desktop: desktop?.theme ?? null,
    }),
    storage,
    server,
  };
}
