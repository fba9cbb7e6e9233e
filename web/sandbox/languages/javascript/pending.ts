/** Knows whether timers of the program are still to come. */

type Handler = ((...args: unknown[]) => void) | string;

const nativeSetTimeout = setTimeout.bind(self);

/** Replaces the global timers by ones that are counted. */
export class PendingTimers {
  readonly #ids = new Set<number>();

  get size(): number {
    return this.#ids.size;
  }

  install(): void {
    const nativeSetInterval = setInterval.bind(self);
    const nativeClear = clearTimeout.bind(self);
    const scope = globalThis as unknown as Record<string, unknown>;
    scope["setTimeout"] = (handler: Handler, delay?: number, ...args: unknown[]): number => {
      const id = nativeSetTimeout(() => {
        this.#ids.delete(id);
        call(handler, args);
      }, delay);
      this.#ids.add(id);
      return id;
    };
    scope["setInterval"] = (handler: Handler, delay?: number, ...args: unknown[]): number => {
      const id = nativeSetInterval(() => call(handler, args), delay);
      this.#ids.add(id);
      return id;
    };
    const clear = (id?: number): void => {
      if (id === undefined) return;
      this.#ids.delete(id);
      nativeClear(id);
    };
    scope["clearTimeout"] = clear;
    scope["clearInterval"] = clear;
    scope["setImmediate"] = (handler: Handler, ...args: unknown[]) =>
      (scope["setTimeout"] as (h: Handler, d: number, ...a: unknown[]) => number)(handler, 0, ...args);
    scope["clearImmediate"] = clear;
  }
}

function call(handler: Handler, args: unknown[]): void {
  if (typeof handler === "function") handler(...args);
  else (0, eval)(handler);
}
