// A person who leaves a command of the initializer (Ctrl-C): told at once that they were heard, and at the end what is left.
import type { Surroundings } from '../cli/surroundings.ts';
import { BerthError } from '../model/errors.ts';

const HEARD = 'Stopping after what is under way; Ctrl-C again stops at once.\n';
const NOTHING_DONE = 'Stopped before anything was changed; the same command begins anew.\n';

/** Does work whose steps are planned before they are done. What it throws when the person left is told here. */
export async function whilePersonStays<T>(
  { leave, err }: Pick<Surroundings, 'leave' | 'err'>,
  work: () => Promise<T>,
): Promise<T> {
  const heard = () => void err.write(HEARD);
  leave.addEventListener('abort', heard, { once: true });
  try {
    return await work();
  } catch (error) {
    if (leave.aborted) err.write(leftText(error));
    throw error;
  } finally {
    leave.removeEventListener('abort', heard);
  }
}

function leftText(error: unknown): string {
  const isAmid = error instanceof BerthError && error.code.startsWith('initializer.interrupted');
  return isAmid ? `${error.message}\n` : NOTHING_DONE;
}
