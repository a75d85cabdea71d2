// Switches a machine off and on again, and waits for each to be so: a start that overtakes its stop would leave it off.
import { BerthError } from '../model/errors.ts';
import type { MachineState } from '../model/server.ts';
import type { Clock } from '../ports/clock.ts';
import type { Provider } from '../ports/provider.ts';

const LOOK_EVERY_MS = 1000;
const OFF_WITHIN_MS = 120_000;

/** Cuts a machine's power and gives it back. @throws provider.failed when it does not go off, and what the provider throws */
export async function powerCycle(provider: Provider, machine: string, clock: Clock): Promise<void> {
  await provider.stop(machine);
  await untilOff(provider, machine, clock);
  await provider.start(machine);
}

async function untilOff(provider: Provider, machine: string, clock: Clock): Promise<void> {
  const until = clock.monotonic() + OFF_WITHIN_MS;
  for (;;) {
    const { state } = await provider.describe(machine);
    if (isOff(state)) return;
    if (clock.monotonic() >= until) {
      const reason = `the machine is still ${state} after ${OFF_WITHIN_MS / 1000} s`;
      throw new BerthError('provider.failed', { act: 'stop', reason });
    }
    await new Promise<void>((resolve) => clock.after(LOOK_EVERY_MS, resolve));
  }
}

function isOff(state: MachineState): boolean {
  return state === 'stopped' || state === 'gone';
}
