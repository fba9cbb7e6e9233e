/** Run events on their way: our own to the others, everybody's into records, a batch at a time. */

import type { ClientMessage, Participant, RunMessage, RunRecord, ServerMessage } from "./messages";
import { applyRunEvents, mergeRuns, type RunEvent } from "./runs";

export interface RunFeedOptions {
  /** Whether the message was sent. */
  readonly send: (message: ClientMessage) => boolean;
  readonly onChange: (runs: readonly RunRecord[]) => void;
}

/** A flood of output is shown this often, which no eye can tell from at once. */
const BATCH_MS = 33;

export class RunFeed {
  readonly #options: RunFeedOptions;
  #runs: readonly RunRecord[] = [];
  #batch: RunEvent[] = [];
  #timer: ReturnType<typeof setTimeout> | null = null;
  #open = false;
  /** Messages of runs that began while nobody could hear of them, by run. */
  readonly #untold = new Map<string, RunMessage[]>();
  /** Runs that the server takes for running; those of a lost connection it has finished itself. */
  readonly #told = new Set<string>();

  constructor(options: RunFeedOptions) {
    this.#options = options;
  }

  /** The server told its records: takes them over and tells of what happened meanwhile. */
  opened(records: readonly RunRecord[], myId: string): void {
    this.#flush();
    this.#open = true;
    for (const [id, messages] of this.#untold) {
      this.#told.add(id);
      for (const message of messages) this.#options.send({ type: "run", ...message });
    }
    this.#untold.clear();
    this.#runs = mergeRuns(this.#runs, records, myId);
    this.#options.onChange(this.#runs);
  }

  lost(): void {
    this.#open = false;
    this.#told.clear();
  }

  own(me: Participant, message: RunMessage, atMs: number): void {
    const { run_id: id, event } = message;
    if (this.#open && event === "started") this.#told.add(id);
    if (this.#told.has(id)) this.#options.send({ type: "run", ...message });
    else if (event === "started") this.#untold.set(id, [message]);
    else this.#untold.get(id)?.push(message);
    this.#add({ participantId: me.id, name: me.name, message, atMs });
  }

  theirs(event: Extract<ServerMessage, { type: "run" }>, atMs: number): void {
    const { participant_id: participantId, name, message } = event;
    this.#add({ participantId, name, message, atMs });
  }

  dispose(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#batch = [];
  }

  #add(event: RunEvent): void {
    this.#batch.push(event);
    this.#timer ??= setTimeout(() => {
      this.#flush();
    }, BATCH_MS);
  }

  #flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const batch = this.#batch;
    this.#batch = [];
    const runs = applyRunEvents(this.#runs, batch);
    if (runs === this.#runs) return;
    this.#runs = runs;
    this.#options.onChange(runs);
  }
}
