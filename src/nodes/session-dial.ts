// Connecting to a machine in a way that can be given up.
import type { NodeAccess } from '../model/node.ts';
import type { Log } from '../ports/log.ts';
import type { Machine, Machines } from '../ports/machine.ts';

/** Connects, unless the signal aborts first: then rejects at once, and a connection that comes late is closed. */
export function sessionDial(
  { machines, log }: { readonly machines: Machines; readonly log: Log },
  access: NodeAccess,
  signal: AbortSignal,
): Promise<Machine> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(signal.reason);
    signal.addEventListener('abort', giveUp, { once: true });
    machines
      .connect(access)
      .then(async (machine) => {
        if (signal.aborted) await machine.close();
        else resolve(machine);
      })
      .catch((error: unknown) => {
        if (signal.aborted) log.debug('A connection that was given up failed', { error });
        else reject(error);
      })
      .finally(() => signal.removeEventListener('abort', giveUp));
  });
}
