// Waiting for a state of the real world, with a deadline that says what was seen instead.
import { setTimeout as pause } from 'node:timers/promises';

/** `false` is an answer nowhere: whoever asks a question of yes or no means `|| undefined`, or would wait for nothing. */
type Answer = true | string | number | object | null;

/** Deadlines are of a machine that has nothing else to do; how fast something is, is measured elsewhere. */
const PATIENCE = 3;

/**
 * Asks again and again until the answer is not undefined; a question that throws counts as not yet. After three times `withinMs` it
 * fails and says what was waited for and the last error.
 */
export async function until<T extends Answer>(
  what: string,
  withinMs: number,
  ask: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  const limitMs = PATIENCE * withinMs;
  const deadline = performance.now() + limitMs;
  let seen: unknown = 'nothing';
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
    } catch (error) {
      seen = error;
    }
    if (performance.now() > deadline) throw new Error(`waited ${limitMs} ms for ${what}; last seen: ${String(seen)}`);
    await pause(25);
  }
}
