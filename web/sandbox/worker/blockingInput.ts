/** The worker's half of `signals.ts`: learns bits from whether object URLs still exist. */

import { decodeAnswer } from "../signals";

const FIRST_NAP_MS = 2;
const LONGEST_NAP_MS = 25;

// Kept from before user code could replace them.
const Request = XMLHttpRequest;
const wait = Atomics.wait.bind(Atomics);

function exists(url: string): boolean {
  const request = new Request();
  request.open("GET", url, false);
  try {
    request.send();
    return request.status === 200;
  } catch {
    return false;
  }
}

/** Memory of the worker's own to sleep on; the constructor of shared buffers is hidden. */
function makeBed(): Int32Array<SharedArrayBuffer> | null {
  try {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    return new Int32Array(memory.buffer as unknown as SharedArrayBuffer);
  } catch {
    return null;
  }
}

const bed = makeBed();

/** Whether this browser lets a worker see object URLs come and go. */
export function canBlock(): boolean {
  if (bed === null) return false;
  const url = URL.createObjectURL(new Blob(["1"]));
  const before = exists(url);
  URL.revokeObjectURL(url);
  return before && !exists(url);
}

/** Reads answers from a row of object URLs, each used once. */
export class BlockingInput {
  #at = 0;
  readonly #urls: readonly string[];

  constructor(urls: readonly string[]) {
    this.#urls = urls;
  }

  get exhausted(): boolean {
    return this.#at + 2 > this.#urls.length;
  }

  /** Block until the frame has answered. */
  read(): string | null {
    let nap = FIRST_NAP_MS;
    const ready = this.#next();
    while (exists(ready)) {
      if (bed !== null) wait(bed, 0, 0, nap);
      nap = Math.min(LONGEST_NAP_MS, nap * 1.3);
    }
    return decodeAnswer(() => !exists(this.#next()));
  }

  #next(): string {
    return this.#urls[this.#at++] ?? "";
  }
}
