// The supervisor with real processes: whatever ends or stands still comes back, and nothing that is well is disturbed.
import { describe, expect, it } from 'vitest';
import { identityOf } from '../../world/process-identity.ts';
import { until } from '../../world/until.ts';
import { SupervisedMachine } from './machine.ts';

/** Long enough for a busy machine: how fast it is, is not asked here. */
const DEADLINE_MS = 45_000;

// They mostly wait, so they go side by side.
describe.concurrent('a supervised machine', () => {
  it('has a component that is killed back', () =>
    onMachine(async (machine) => {
      machine.describe('one');
      machine.supervise();
      const pid = await machine.running('one', DEADLINE_MS);
      process.kill(pid, 'SIGKILL');
      const next = await until('another process', DEADLINE_MS, () => {
        const shown = machine.status('one').pid;
        return shown !== null && shown !== pid && identityOf(shown) ? shown : undefined;
      });
      expect(next).not.toBe(pid);
      expect(machine.status('one')).toMatchObject({
        restarts: 1,
        lastEnd: { why: 'It was ended by the signal SIGKILL.' },
      });
    }));

  it.each([
    ['a loop that turns for ever', 'SIGUSR2', 'R'],
    ['a stopped process', 'SIGSTOP', 'T'],
  ] as const)('kills and starts again what is blocked: %s', (_, signal, state) =>
    onMachine(async (machine) => {
      machine.describe('one');
      machine.supervise();
      const pid = await machine.running('one', DEADLINE_MS);
      process.kill(pid, signal);
      await machine.running('one', DEADLINE_MS, pid);
      const { lastEnd } = machine.status('one');
      expect(lastEnd).toMatchObject({
        why: expect.stringMatching(/^Its loop stood still for 1\d seconds\.$/),
        captured: { state },
      });
    }),
  );

  it('brings back a supervisor that is killed, by its components, and leaves them alone', () =>
    onMachine(async (machine) => {
      machine.describe('one');
      machine.describe('two');
      const first = machine.supervise();
      const pids = [await machine.running('one', DEADLINE_MS), await machine.running('two', DEADLINE_MS)];
      process.kill(first, 'SIGKILL');
      const second = await until('another supervisor', DEADLINE_MS, () => {
        const pid = machine.supervisorPid();
        return pid === first ? undefined : pid;
      });
      expect(second).not.toBe(first);
      expect([await machine.running('one', DEADLINE_MS), await machine.running('two', DEADLINE_MS)]).toEqual(pids);
      const [one = 0] = pids;
      process.kill(one, 'SIGKILL');
      await machine.running('one', DEADLINE_MS, one);
      expect(machine.supervisorPid()).toBe(second);
    }));

  it('has nothing ended by a supervisor that begins while a description cannot be read', () =>
    onMachine(async (machine) => {
      machine.describe('one');
      const first = machine.supervise();
      const pid = await machine.running('one', DEADLINE_MS);
      machine.spoil('one');
      process.kill(first, 'SIGKILL');
      await until('another supervisor that says what is wrong', DEADLINE_MS, () =>
        machine.supervisorPid() !== first && machine.problems().length > 0 ? true : undefined,
      );
      await until('a few looks to pass', 10_000, afterMs(3000));
      machine.describe('one');
      await until('the description to be read', DEADLINE_MS, () =>
        machine.problems().length === 0 ? true : undefined,
      );
      expect(await machine.running('one', DEADLINE_MS)).toBe(pid);
    }));

  it('has another supervisor that stood by take over at once', () =>
    onMachine(async (machine) => {
      machine.describe('one');
      const first = machine.supervise('--wait');
      const pid = await machine.running('one', DEADLINE_MS);
      const second = machine.supervise('--wait');
      await until('it to stand by', 10_000, afterMs(1500));
      expect(machine.supervisorPid()).toBe(first);
      process.kill(first, 'SIGKILL');
      await until('the other one', DEADLINE_MS, () => (machine.supervisorPid() === second ? true : undefined));
      expect(await machine.running('one', DEADLINE_MS)).toBe(pid);
    }));

  it('ends with all its components when it is asked to, and nothing of it comes back', () =>
    onMachine(async (machine) => {
      machine.describe('one');
      machine.describe('two');
      const supervisor = machine.supervise();
      const pids = [await machine.running('one', DEADLINE_MS), await machine.running('two', DEADLINE_MS), supervisor];
      process.kill(supervisor, 'SIGTERM');
      await until('all to end', 15_000, () => (pids.some((pid) => identityOf(pid)) ? undefined : true));
      await until('a few beats to pass', 10_000, afterMs(4500));
      expect(machine.supervisorPid()).toBeUndefined();
    }));

  it('takes no harm when all of it is stopped and goes on', () =>
    onMachine(async (machine) => {
      machine.describe('one');
      const supervisor = machine.supervise();
      const pid = await machine.running('one', DEADLINE_MS);
      for (const each of [supervisor, pid]) process.kill(each, 'SIGSTOP');
      await until('time to pass', 20_000, afterMs(12_000));
      for (const each of [supervisor, pid]) process.kill(each, 'SIGCONT');
      await until('a little time to pass', 5000, afterMs(2000));
      expect(machine.status('one')).toMatchObject({ pid, restarts: 0 });
    }));

  it('waits longer each time before it starts what keeps dying, and says so', () =>
    onMachine(async (machine) => {
      machine.describe('one', { MODE: 'dies' });
      machine.supervise();
      const status = await until('it to keep dying', DEADLINE_MS, () => {
        const shown = machine.status('one');
        if (!shown.keepsDying) throw new Error(JSON.stringify(shown));
        return shown;
      });
      expect(status.lastEnd?.why).toBe('It ended by itself with the exit code 3.');
      expect(status.recentDeaths).toBeLessThan(8);
    }));

  it('takes up files that come, change and go', () =>
    onMachine(async (machine) => {
      machine.describe('one');
      machine.supervise();
      const pid = await machine.running('one', DEADLINE_MS);
      machine.describe('two');
      await machine.running('two', DEADLINE_MS);
      machine.describe('one', { OTHER: 'value' });
      await machine.running('one', DEADLINE_MS, pid);
      machine.remove('two');
      await until('two to be gone', DEADLINE_MS, () => {
        try {
          machine.status('two');
          return undefined;
        } catch {
          return true;
        }
      });
    }));
});

async function onMachine(act: (machine: SupervisedMachine) => Promise<void>): Promise<void> {
  const machine = new SupervisedMachine();
  try {
    await act(machine);
  } finally {
    await machine.end();
  }
}

function afterMs(ms: number): () => true | undefined {
  const end = performance.now() + ms;
  return () => (performance.now() >= end ? true : undefined);
}
