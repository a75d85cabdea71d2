// What every way to the machines of a platform must do: tell those that take components, have one run there and no more, and be asked twice.
import { describe, expect, test } from 'vitest';
import type { ComponentHost } from '../../src/ports/component-host.ts';

/** A platform with the machines `one` and `two` under supervisors, `bare` without one, and `off`, which nobody answers at. */
export interface HostUnderTest {
  readonly host: ComponentHost;
  /** Names of the components that the supervisor of a machine is to run, with their roles. */
  readonly runs: (machine: string) => Promise<Readonly<Record<string, readonly string[]>>>;
}

const PLACED = { name: 'b--on-two', roles: ['nodes', 'sensors'], like: 'b' } as const;

/** The contract. */
export function componentHostContract(name: string, open: () => Promise<HostUnderTest>): void {
  describe(`ComponentHost: ${name}`, () => {
    test('tells machines where somebody answers and a supervisor is', async () => {
      const { host } = await open();
      expect(await host.machines()).toEqual(['one', 'two']);
    });

    test('has a component run on another machine, however often it is asked', async () => {
      const { host, runs } = await open();
      const before = await runs('two');
      for (let asked = 0; asked < 2; asked++) await host.place('two', PLACED);
      expect(await runs('two')).toEqual({ ...before, 'b--on-two': ['nodes', 'sensors'] });
      for (let asked = 0; asked < 2; asked++) await host.remove('two', PLACED.name);
      expect(await runs('two')).toEqual(before);
    });

    test.each([
      ['bare', 'component.unreachable'],
      ['off', 'component.unreachable'],
      ['nowhere', 'component.unreachable'],
    ])('says so when nothing can be asked of a machine: %s', async (machine, code) => {
      const { host } = await open();
      await expect(host.place(machine, PLACED)).rejects.toMatchObject({ code, details: { machine } });
      await expect(host.remove(machine, 'b')).rejects.toMatchObject({ code, details: { machine } });
    });
  });
}
