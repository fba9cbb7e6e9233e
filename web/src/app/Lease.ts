/** An object that lives exactly as long as somebody on the page looks at it. */

/**
 * For `useSyncExternalStore`: the first subscriber makes the object, the last one's leaving disposes
 * of it. A component that React mounts twice gets a fresh object the second time.
 */
export class Lease<T extends { dispose(): void }> {
  readonly #make: () => T;
  #subscribers = 0;
  #value: T | null = null;

  constructor(make: () => T) {
    this.#make = make;
  }

  /** React reads the value again right after subscribing, so making it needs no announcement. */
  readonly subscribe = (): (() => void) => {
    if (this.#subscribers === 0) this.#value = this.#make();
    this.#subscribers += 1;
    return () => {
      this.#subscribers -= 1;
      if (this.#subscribers > 0) return;
      this.#value?.dispose();
      this.#value = null;
    };
  };

  /** Null before the first subscriber and after the last. */
  readonly getValue = (): T | null => this.#value;
}
