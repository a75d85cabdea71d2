// Who watches the watcher: a supervisor that stands still is ended and replaced by those that it looks after.
import { expect, it } from 'vitest';
import { SupervisedMachine } from '../reality/supervise/machine.ts';
import { identityOf } from '../world/process-identity.ts';
import { until } from '../world/until.ts';

it('a supervisor that is blocked is replaced, and its components go on', async () => {
  const machine = new SupervisedMachine();
  try {
    machine.describe('one');
    const first = machine.supervise();
    const pid = await machine.running('one', 10_000);
    process.kill(first, 'SIGSTOP');
    const second = await until('another supervisor', 60_000, () => {
      const now = machine.supervisorPid();
      return now === first ? undefined : now;
    });
    expect(identityOf(second)).toBeDefined();
    expect(await machine.running('one', 5000)).toBe(pid);
  } finally {
    await machine.end();
  }
});
