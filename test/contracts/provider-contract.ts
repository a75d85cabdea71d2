// What every provider must do, as a suite: tried on real machines, containers or files, whatever the provider's are.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { BerthError } from '../../src/model/errors.ts';
import type { MachineState } from '../../src/model/server.ts';
import type { NewMachine, Provider, ProviderMachine } from '../../src/ports/provider.ts';
import { until } from '../world/until.ts';

/** A provider's world, and the truth about it past the provider. */
export interface ProviderWorld {
  /** A provider as a process opens it that knows nothing of earlier ones. */
  open(): Promise<Provider>;
  /** One that is configured all right, but whose other side is not there; and the code of the error that says so. */
  openBroken(): Promise<{ readonly provider: Provider; readonly code: string }>;
  /** A name that could be a machine's and is none's. */
  readonly unknownMachine: string;
  /** Names of all machines that there are. */
  machines(): Promise<readonly string[]>;
  end(): Promise<void>;
}

const WITHIN_MS = 60_000;

/** A machine that is wanted, by an act that was never before. */
export function newMachine(): NewMachine {
  const act = randomBytes(8).toString('hex');
  return { act, name: `node-${act.slice(0, 4)}` };
}

/** Waits until the provider says that the machine is so. */
export function reach(provider: Provider, machine: string, state: MachineState): Promise<ProviderMachine> {
  return until(`${machine} to be ${state}`, WITHIN_MS, async () => {
    const seen = await provider.describe(machine);
    if (seen.state !== state) throw new Error(`it is ${seen.state}`);
    return seen;
  });
}

/** Makes a machine that is destroyed when the test is over. */
export async function made(provider: Provider, wanted: NewMachine): Promise<ProviderMachine> {
  const machine = await provider.create(wanted);
  onTestFinished(() => provider.destroy(machine.machine));
  return machine;
}

/** Runs the suite. */
export function providerContract(title: string, openWorld: () => Promise<ProviderWorld>): void {
  describe(`Provider: ${title}`, () => {
    let world: ProviderWorld;
    let provider: Provider;
    beforeAll(async () => {
      world = await openWorld();
      provider = await world.open();
    });
    afterAll(async () => {
      try {
        expect(await world.machines()).toEqual([]);
      } finally {
        await provider.close();
        await world.end();
      }
    });

    async function fresh(): Promise<Provider> {
      const another = await world.open();
      onTestFinished(() => another.close());
      return another;
    }

    test('a machine that is made comes up with an address, and can be all that the provider says it can', async () => {
      expect(provider.can).toEqual({ powerCycle: true, create: true, destroy: true });
      const { machine, state } = await made(provider, newMachine());
      expect(['pending', 'running']).toContain(state);
      const up = await reach(provider, machine, 'running');
      expect(up.machine).toBe(machine);
      expect(up.address).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
      expect(await world.machines()).toEqual([machine]);
    });

    test('asking twice with one act makes one machine, also for a process that knows nothing of it', async () => {
      const wanted = newMachine();
      const { machine } = await made(provider, wanted);
      expect((await provider.create(wanted)).machine).toBe(machine);
      expect((await (await fresh()).create(wanted)).machine).toBe(machine);
      expect(await world.machines()).toEqual([machine]);
    });

    test('what an act made is found by a process that knows nothing of it, and nothing for an act that made nothing', async () => {
      const wanted = newMachine();
      const another = await fresh();
      expect(await another.findMade(wanted.act)).toBeUndefined();
      const { machine } = await made(provider, wanted);
      expect(await another.findMade(wanted.act)).toMatchObject({ machine });
      expect(await another.findMade(newMachine().act)).toBeUndefined();
    });

    test('a machine is stopped and started, each as often as one likes, and keeps name and address', async () => {
      const { machine } = await made(provider, newMachine());
      const before = await reach(provider, machine, 'running');
      await provider.start(machine);
      for (let times = 0; times < 2; times++) await provider.stop(machine);
      const stopped = await reach(provider, machine, 'stopped');
      expect(stopped).toMatchObject({ machine, hostKey: before.hostKey });
      for (let times = 0; times < 2; times++) await provider.start(machine);
      expect(await reach(provider, machine, 'running')).toEqual(before);
    });

    test('a machine is destroyed, running or stopped, as often as one likes, and then is gone', async () => {
      const [wanted, other] = [newMachine(), newMachine()];
      const running = await made(provider, wanted);
      const stopped = await made(provider, other);
      await provider.stop(stopped.machine);
      for (const { machine } of [running, stopped, running, stopped]) await provider.destroy(machine);
      for (const { machine } of [running, stopped]) await reach(provider, machine, 'gone');
      expect(await provider.findMade(wanted.act)).toBeUndefined();
      await provider.stop(running.machine);
      expect(await world.machines()).toEqual([]);
    });

    test('a machine that it has never heard of is gone: stopping and destroying it does nothing, starting it fails', async () => {
      const machine = world.unknownMachine;
      expect(await provider.describe(machine)).toEqual({ machine, state: 'gone', address: null, hostKey: null });
      await provider.stop(machine);
      await provider.destroy(machine);
      await expect(provider.start(machine)).rejects.toBeInstanceOf(BerthError);
    });

    test('when the other side is not there, every act says so in words of the registry', async () => {
      const { provider: broken, code } = await world.openBroken();
      onTestFinished(() => broken.close());
      const machine = world.unknownMachine;
      const acts = [
        broken.describe(machine),
        broken.findMade('act'),
        broken.start(machine),
        broken.stop(machine),
        broken.create(newMachine()),
        broken.destroy(machine),
      ];
      for (const result of await Promise.allSettled(acts)) expect(result).toMatchObject({ reason: { code } });
    });
  });
}
