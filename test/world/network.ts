// The network of the tests' own engine: two bridges in an address range that nothing else on the machine uses, with address
// translation by rules of its own, so that another engine's rules are never touched.
import { mustRun, run } from './command.ts';
import { worldMark } from './directories.ts';

/** Bridge of containers that name no network. */
export const ENGINE_BRIDGE = `bt${worldMark}e`;

/** Bridge of the fleet's servers. */
export const FLEET_BRIDGE = `bt${worldMark}f`;

const COMMENT = `berth-test-${worldMark}`;

/** An address range `10.N.0.0/16`, by its N. */
export type Range = number;

/** A range that no address and no route of this machine overlaps. */
export async function freeRange(): Promise<Range> {
  const text = `${await mustRun(['ip', '-4', 'route', 'show', 'table', 'all'])} ${await mustRun(['ip', '-4', '-o', 'address'])}`;
  const used = [...text.matchAll(/(\d+\.\d+\.\d+\.\d+)(?:\/(\d+))?/g)].map((match) => ({
    base: asNumber(match[1] ?? ''),
    bits: Number(match[2] ?? 32),
  }));
  for (let n = 240; n > 100; n--) {
    const base = asNumber(`10.${n}.0.0`);
    if (!used.some((each) => each.bits > 0 && overlap(base, 16, each.base, each.bits))) return n;
  }
  throw new Error('no free address range between 10.101.0.0/16 and 10.240.0.0/16 for the test engine');
}

function asNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function overlap(a: number, aBits: number, b: number, bBits: number): boolean {
  const size = 2 ** (32 - Math.min(aBits, bBits));
  return Math.floor(a / size) === Math.floor(b / size);
}

/** The machine's largest packet towards the world, which the bridges must not exceed. */
export async function outwardMtu(): Promise<string> {
  const device = /\bdev (\S+)/.exec(await mustRun(['ip', '-4', 'route', 'show', 'default']))?.[1] ?? 'lo';
  return /\bmtu (\d+)/.exec(await mustRun(['ip', 'link', 'show', device]))?.[1] ?? '1500';
}

/** Makes the engine's bridge and the rules for both. */
export async function raiseNetwork(range: Range): Promise<void> {
  await dropNetwork(range);
  await mustRun(['ip', 'link', 'add', ENGINE_BRIDGE, 'type', 'bridge']);
  await keepAddress(range);
  await mustRun(['ip', 'link', 'set', ENGINE_BRIDGE, 'up']);
  for (const { table, chain, add, words } of rules(range)) {
    await mustRun(['iptables', '-w', '-t', table, add, chain, ...words]);
  }
}

/** Gives the engine's bridge its address; whatever manages a machine's networks may have taken it away since. Resolves to the address. */
export async function keepAddress(range: Range): Promise<string> {
  const address = `10.${range}.0.1`;
  await mustRun(['ip', 'address', 'replace', `${address}/20`, 'dev', ENGINE_BRIDGE]);
  return address;
}

/** Takes away what `raiseNetwork` made, and the fleet's bridge, whatever of it is there. */
export async function dropNetwork(range: Range): Promise<void> {
  for (const { table, chain, words } of rules(range)) await run(['iptables', '-w', '-t', table, '-D', chain, ...words]);
  for (const bridge of [ENGINE_BRIDGE, FLEET_BRIDGE]) await run(['ip', 'link', 'delete', bridge]);
}

function rules(range: Range) {
  const all = `10.${range}.0.0/16`;
  const comment = ['-m', 'comment', '--comment', COMMENT];
  return [
    {
      table: 'nat',
      chain: 'POSTROUTING',
      add: '-A',
      words: ['-s', all, '!', '-d', all, ...comment, '-j', 'MASQUERADE'],
    },
    { table: 'filter', chain: 'FORWARD', add: '-I', words: ['-s', all, ...comment, '-j', 'ACCEPT'] },
    { table: 'filter', chain: 'FORWARD', add: '-I', words: ['-d', all, ...comment, '-j', 'ACCEPT'] },
  ];
}
