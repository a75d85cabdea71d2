// Waiting for a state of the real world, with a deadline that says what was seen instead.
import { setTimeout as pause } from 'node:timers/promises';

/** `false` is an answer nowhere: whoever asks a question of yes or no means `|| undefined`, or would wait for nothing. */
type Answer = true | string | number | object | null;

/**
 * Asks again and again until the answer is not undefined; a question that throws counts as not yet. After `withinMs` it fails and
 * says what was waited for and the last error.
 */
export async function until<T extends Answer>(
  what: string,
  withinMs: number,
  ask: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  let seen: unknown = 'nothing';
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
    } catch (error) {
      seen = error;
    }
    if (performance.now() > deadline) throw new Error(`waited ${withinMs} ms for ${what}; last seen: ${String(seen)}`);
    await pause(25);
  }
}
