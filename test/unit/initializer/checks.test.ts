// What is wrong with machines is told at once, and nothing else is.
import { expect, test } from 'vitest';
import { decideChecks, type Looked, type Needs } from '../../../src/initializer/decide-checks.ts';
import type { MachineFacts } from '../../../src/ports/installer-machine.ts';

const GB = 1024 ** 3;
const SOUND: MachineFacts = {
  ...{ system: 'Debian GNU/Linux 12 (bookworm)', isDebian: true, architecture: 'x64', hasSystemd: true },
  ...{ diskFreeBytes: 40 * GB, memoryTotalBytes: 4 * GB, clockOffsetMs: 12, portsInUse: [22] },
};
const NEEDS: Needs = {
  architecture: 'x64',
  diskGb: 10,
  memoryGb: { one: 4, two: 4 },
  ports: { one: [7400, 7410] },
  supervisor: 'auto',
};

function faults(
  facts: Partial<MachineFacts>,
  more: Partial<Extract<Looked, { facts: unknown }>> = {},
  needs: Partial<Needs> = {},
) {
  const looked = {
    machine: 'one',
    facts: { ...SOUND, ...facts },
    missingPackages: [],
    isOurs: false,
    hasSources: true,
    ...more,
  };
  const findings = decideChecks([looked], { ...NEEDS, ...needs }).filter(({ state }) => state !== 'good');
  return findings.map(({ what, state, found }) => `${what} ${state}: ${found}`);
}

test('a sound machine has no fault, and no remedy', () => {
  expect(faults({})).toEqual([]);
});

test.each([
  [{ architecture: 'arm64' }, 'architecture wrong: arm64, Debian GNU/Linux 12 (bookworm)'],
  [{ diskFreeBytes: 9.9 * GB }, 'disk wrong: 9.9 GB free'],
  [{ memoryTotalBytes: 3 * GB }, 'memory warning: 3.0 GB'],
  [{ memoryTotalBytes: 1.5 * GB }, 'memory wrong: 1.5 GB'],
  [{ clockOffsetMs: -1000 }, 'clock wrong: 1000 ms behind'],
  [{ portsInUse: [22, 7410] }, 'ports wrong: 7410 taken'],
])('%j', (facts, expected) => {
  expect(faults(facts)).toEqual([expected]);
});

test('a machine that is sold with 4 GB shows a little less', () => {
  expect(faults({ memoryTotalBytes: 3.8 * GB })).toEqual([]);
});

test('ports that this platform itself has taken are no fault', () => {
  expect(faults({ portsInUse: [7400, 7410] }, { isOurs: true })).toEqual([]);
});

test('packages need a source', () => {
  expect(faults({}, { missingPackages: ['mariadb-server'] })).toEqual([]);
  expect(faults({}, { missingPackages: ['mariadb-server'], hasSources: false })).toEqual([
    'packages wrong: mariadb-server missing',
  ]);
});

test('systemd is no wish where there is none', () => {
  expect(faults({ hasSystemd: false })).toEqual([]);
  expect(faults({ hasSystemd: false }, {}, { supervisor: 'systemd' })).toHaveLength(1);
});

test('all faults of all machines come together', () => {
  const failure = { message: 'nobody answers', remedy: 'switch it on' };
  const low = {
    machine: 'one',
    facts: { ...SOUND, diskFreeBytes: 0, clockOffsetMs: 5000 },
    missingPackages: [],
    isOurs: false,
    hasSources: true,
  };
  const wrong = decideChecks([{ machine: 'two', failure }, low], NEEDS).filter(({ state }) => state === 'wrong');
  expect(wrong.map(({ machine, what }) => `${machine} ${what}`)).toEqual(['two reach', 'one disk', 'one clock']);
  expect(wrong.every(({ remedy }) => remedy.length > 0)).toBe(true);
});
