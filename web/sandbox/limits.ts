/** The figures that bound a run. Sizes are bytes of UTF-8, as the room's protocol counts them. */

/** Text of one output message. */
export const MESSAGE_BYTES = 16 * 1024;

/** Text of one run, notices included. */
export const RUN_BYTES = 256 * 1024;

/** What of it is kept for the sandbox's own notices. */
export const NOTICE_BYTES = 2 * 1024;

/** What the program itself may write. */
export const PROGRAM_BYTES = RUN_BYTES - NOTICE_BYTES;

/** What a notice repeats of a program's own words, such as the reason of its end. */
export const REASON_CHARS = 200;

/** How long written text may be gathered before it is handed on. */
export const BATCH_DELAY_MS = 16;

/** Time a program may run, waiting for input not counted. */
export const RUN_TIMEOUT_MS = 30_000;

/** Messages a worker may send in one run; more than its output can need is an attack. */
export const WORKER_MESSAGES = 600_000;

/** One line of input. */
export const INPUT_CHARS = 4096;
