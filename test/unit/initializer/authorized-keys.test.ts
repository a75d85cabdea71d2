// The platform's key among the keys of a machine: added once, taken away alone.
import { expect, test } from 'vitest';
import { authorizedOf, authorizeKey, withdrawKeys } from '../../../src/initializer/authorized-keys.ts';
import type { InstallerMachine } from '../../../src/ports/installer-machine.ts';

const OURS = 'ssh-ed25519 AAAAOURS berth';
const THEIRS = ['# people', 'from="10.0.0.1" ssh-rsa AAAATHEIRS ana@desk', '', 'ssh-ed25519 AAAAOTHER'];

/** A machine that has this file and takes every program. */
function machineWith(text: string | undefined): { machine: InstallerMachine; text: () => string | undefined } {
  let kept = text;
  const machine: InstallerMachine = {
    address: 'root@10.0.0.1',
    run: async () => ({ status: '0', output: '', complaint: '' }),
    putFile: async (_, bytes) => {
      kept = Buffer.from(bytes).toString('utf8');
    },
    readFile: async () => (kept === undefined ? undefined : Buffer.from(kept)),
    putTree: () => Promise.reject(new Error('not asked for')),
    facts: () => Promise.reject(new Error('not asked for')),
    close: async () => {},
  };
  return { machine, text: () => kept };
}

test.each([
  ['no file', undefined],
  ['an empty file', ''],
])('with %s it is the only one, and the file stays', async (_, before) => {
  const { machine, text } = machineWith(before);
  await authorizeKey(machine, OURS);
  expect(text()).toBe(`${OURS}\n`);
  await withdrawKeys(machine, [OURS]);
  expect(text()).toBe('');
});

test('the keys of people stay as they are, with or without an end of line', async () => {
  for (const end of ['', '\n']) {
    const { machine, text } = machineWith(`${THEIRS.join('\n')}${end}`);
    await authorizeKey(machine, OURS);
    await authorizeKey(machine, OURS);
    expect(text()).toBe(`${[...THEIRS, OURS].join('\n')}\n`);
    await withdrawKeys(machine, [OURS]);
    expect(text()).toBe(`${THEIRS.join('\n')}\n`);
  }
});

test('a key counts whatever is written around it', async () => {
  const { machine } = machineWith('restrict,pty ssh-ed25519 AAAAOURS somebody\n');
  expect(await authorizedOf(machine, [OURS, 'ssh-ed25519 AAAANEW'])).toEqual([OURS]);
});
