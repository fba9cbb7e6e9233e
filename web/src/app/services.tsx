/** The page's long-lived objects, handed down to components by one context. */

import { createContext, useContext, useSyncExternalStore } from "react";

import type { ApiClient } from "../api/client";
import type { Credentials } from "../api/credentials";
import type { SafeStorage } from "../api/storage";
import type { ThemeChoice, ThemeSnapshot, ThemeStore } from "../theme/ThemeStore";

export interface Services {
  readonly api: ApiClient;
  readonly credentials: Credentials;
  readonly theme: ThemeStore;
  /** For small preferences, such as which panels are open. */
  readonly storage: SafeStorage;
  /** The server's address, without a trailing slash; see `serverAt`. */
  readonly server: string;
}

const Context = createContext<Services | null>(null);

export const ServicesProvider = Context.Provider;

export function useServices(): Services {
  const services = useContext(Context);
  if (services === null) throw new Error("useServices needs a ServicesProvider above it");
  return services;
}

export function useTheme(): {
  readonly theme: ThemeSnapshot;
  readonly choose: (choice: ThemeChoice) => void;
} {
  const { theme } = useServices();
  const snapshot = useSyncExternalStore(theme.subscribe, theme.getSnapshot);
  return {
    theme: snapshot,
    choose: (choice) => {
      theme.choose(choice);
    },
  };
}
