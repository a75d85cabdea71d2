// Whether a component says that it is ready: run on its own machine, where its peers' address is reachable for certain.
import { SystemClock } from '../adapters/system-clock/system-clock.ts';
import type { Surroundings } from '../cli/surroundings.ts';

const ANSWER_WITHIN_MS = 5000;

/** Asks; whatever it answers is printed for whoever looks. */
export async function probeComponent(url: string, { out }: Pick<Surroundings, 'out'>): Promise<boolean> {
  const late = new AbortController();
  const cancel = new SystemClock().after(ANSWER_WITHIN_MS, () => late.abort(new Error('it did not answer in time')));
  try {
    const answer = await fetch(url, { signal: late.signal });
    out.write(`${answer.status} ${(await answer.text()).slice(0, 2000)}\n`);
    return answer.ok;
  } catch (error) {
    out.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return false;
  } finally {
    cancel();
  }
}
