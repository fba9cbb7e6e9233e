/** A setting of the session that shows what was chosen at once, and goes back when that fails. */

import { useRef, useState } from "react";

import { sentenceOf } from "../api/errors";

interface Wish<T> {
  readonly value: T;
  /** When the session took it over; null while the server is asked. */
  readonly takenAt: number | null;
}

interface Setting<T> {
  readonly value: T;
  /** Why the last choice does not hold. */
  readonly problem: string | null;
  readonly choose: (value: T) => void;
}

/**
 * @param actual what the session says, as of `updatedAt`
 * @param save asks the server, which answers with the session's new `updated_at`
 */
export function useSetting<T>(
  actual: T,
  updatedAt: number,
  save: (value: T) => Promise<number>,
): Setting<T> {
  const [wish, setWish] = useState<Wish<T> | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const newest = useRef<Wish<T> | null>(null);
  const line = useRef(Promise.resolve());
  // The answer may be here before the room is told: until then the choice goes on to be shown.
  const waits = wish !== null && (wish.takenAt === null || wish.takenAt > updatedAt);

  const ask = async (mine: Wish<T>): Promise<void> => {
    if (newest.current !== mine) return;
    let taken: Wish<T> | null = null;
    let sentence: string | null = null;
    try {
      taken = { value: mine.value, takenAt: await save(mine.value) };
    } catch (error) {
      sentence = sentenceOf(error);
    }
    if (newest.current !== mine) return;
    setWish(taken);
    setProblem(sentence);
  };

  return {
    value: waits ? wish.value : actual,
    problem,
    choose: (value) => {
      const mine: Wish<T> = { value, takenAt: null };
      newest.current = mine;
      setWish(mine);
      setProblem(null);
      // One after the other, or the server might take them in another order; what was chosen
      // over meanwhile is not asked at all.
      line.current = line.current.then(() => ask(mine));
    },
  };
}
