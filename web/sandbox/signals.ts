/**
 * Answers for a worker that is blocked inside `prompt()` and so can receive no message.
 *
 * On plain http there is no shared memory, and the sandbox has no network to wait on. What a
 * blocked worker can still observe is whether an object URL exists: the frame makes a row of them,
 * hands the names to the worker, and revokes one for every bit that is set. The first URL of an
 * answer says that the rest is in place, so it is revoked last.
 *
 * An answer is: ready, absent (end of file), its size in groups of three bits each followed by
 * "more", then its bytes in UTF-8, the lowest bit first.
 */

/** The bits of an answer after the ready bit, or null when `room` bits do not hold it. */
export function encodeAnswer(text: string | null, room: number): boolean[] | null {
  if (text === null) return [true];
  const bytes = new TextEncoder().encode(text);
  const bits = [false];
  let size = bytes.length;
  do {
    for (let bit = 0; bit < 3; bit++) bits.push(((size >> bit) & 1) === 1);
    size >>= 3;
    bits.push(size > 0);
  } while (size > 0);
  for (const byte of bytes) for (let bit = 0; bit < 8; bit++) bits.push(((byte >> bit) & 1) === 1);
  return bits.length < room ? bits : null;
}

/** Read an answer's bits, one `next()` each. */
export function decodeAnswer(next: () => boolean): string | null {
  if (next()) return null;
  let size = 0;
  let shift = 0;
  do {
    for (let bit = 0; bit < 3; bit++) if (next()) size |= 1 << (shift + bit);
    shift += 3;
  } while (next());
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at++) {
    let byte = 0;
    for (let bit = 0; bit < 8; bit++) if (next()) byte |= 1 << bit;
    bytes[at] = byte;
  }
  return new TextDecoder().decode(bytes);
}
