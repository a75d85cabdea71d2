// What a person sees of providers, of a node's recovery and of a drain, against the real API; the provider is one of commands.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { aLedger, aNodeStatus, aReservation, T0 } from '../../builders/jobs.ts';
import { temporaryDirectory } from '../../contracts/temporary-directory.ts';
import { type CliWorld, openCli } from './cli-world.ts';

/** Knows one machine, which it says is running; it can make others, but nobody asks it to. */
const SITE = {
  access: {
    kind: 'command',
    status: ['printf', '{"machine":"{machine}","state":"running","address":"10.0.0.1","hostKey":null}'],
    start: ['true', '{machine}'],
    stop: ['true', '{machine}'],
    create: ['false', '{act}'],
    find: ['true', '{act}'],
    destroy: ['true', '{machine}'],
  },
  mostAdded: 2,
};

async function withSite(): Promise<CliWorld> {
  const world = await openCli();
  const { store, nodes } = world.api.parts;
  await nodes.ensureLocalNode('/nowhere.sock');
  await store.create(
    'nodeStatus',
    aNodeStatus('local', {}, { state: 'lost', reason: 'silent for 4 s', trouble: 'frozen' }),
  );
  const file = join(await temporaryDirectory(), 'site.json');
  await writeFile(file, JSON.stringify(SITE));
  const added = await world.berth(['provider', 'add', 'site', file]);
  expect(added).toEqual({ code: 0, err: '', out: 'Provider site is added.\n' });
  return world;
}

it('a node is said to be a machine of a provider, and recovered through it', async () => {
  const { berth, api } = await withSite();
  const early = await berth(['node', 'recover', 'local']);
  expect(early.err).toContain('No provider stands behind the node local');
  expect((await berth(['node', 'machine', 'local', 'site', 'm-1'])).out).toBe(
    'Node local is the machine m-1 of site.\n',
  );
  expect((await berth(['node', 'recover', 'local'])).code).toBe(0);
  const node = await api.parts.store.get('node', 'local');
  expect(node?.doc.recovery).toMatchObject({ mode: 'automatic', forced: { act: 'power-cycle' } });
  expect((await berth(['node', 'recovery', 'local', 'off'])).out).toBe('Node local is left to people when it fails.\n');
  expect((await berth(['node', 'recovery', 'local', 'perhaps'])).err).toContain('"perhaps" is neither on nor off.');
  expect((await berth(['node', 'recover', 'local', '--step', 'dance'])).code).toBe(1);
});

it('a node tells why it is as it is', async () => {
  const { berth, api } = await withSite();
  await berth(['node', 'machine', 'local', 'site', 'm-1']);
  const tried = { actId: 'a', at: T0, endedAt: T0 + 1000, outcome: 'failed', text: 'it hung' } as const;
  await api.parts.store.create('serverStatus', {
    ...{ id: 'local', state: 'waiting', reason: 'The last step did not help.', machine: null, forcedRequest: null },
    ...{ tries: [{ act: 'power-cycle', ...tried }], idleSinceAt: null, shard: 0, nextAt: T0 + 60_000 },
  });
  const { out } = await berth(['node', 'why', 'local']);
  expect(out.split('\n')).toEqual([
    expect.stringMatching(/^Node local is lost since .*: Silent for 4 s\.$/),
    expect.stringMatching(/^It was last seen at /),
    'Its machine is m-1 of the provider site; the provider has not said yet how it is.',
    expect.stringMatching(/^Tried at .*: power-cycle; failed at .*\. It hung\.$/),
    expect.stringMatching(/^Recovery is waiting: The last step did not help\. Next step not before .*\.$/),
    'No task has room on it.',
    '',
  ]);
});

it('a drain may have a deadline, be waited for, and be cancelled', async () => {
  const { berth, api } = await withSite();
  const { store } = api.parts;
  await store.create('ledger', aLedger('local', [aReservation('room.m1.0.1')]));
  expect((await berth(['node', 'drain', 'local', '--deadline', 'soon'])).err).toContain(
    '"soon" is not a length of time',
  );
  const looks: number[] = [];
  const pause = async (ms: number) => {
    looks.push(ms);
    const ledger = await store.get('ledger', 'local');
    if (ledger) await store.update('ledger', aLedger('local'), ledger.version);
  };
  const waited = await berth(['node', 'drain', 'local', '--deadline', '10m', '--wait'], { pause });
  expect(waited).toMatchObject({ code: 0, out: 'Node local is empty.\n' });
  expect(looks).toHaveLength(1);
  const drained = await store.get('node', 'local');
  expect((drained?.doc.drainUntilAt ?? 0) - Date.now()).toBeGreaterThan(590_000);
  await berth(['node', 'undrain', 'local']);
  const back = await store.get('node', 'local');
  expect(back?.doc).not.toHaveProperty('drainUntilAt');
});

it('providers are listed, shown, made to grow, and removed', async () => {
  const { berth, api } = await withSite();
  expect((await berth(['provider', 'add', 'site', 'nowhere.json'])).err).toContain('nowhere.json cannot be read');
  expect((await berth(['provider', 'ls'])).out).toMatch(/site +command +0 +2 +-/);
  const grown = await berth(['provider', 'grow', 'site', '--count', '2', '--json']);
  expect(JSON.parse(grown.out)).toMatchObject([{ purpose: 'grow', state: 'ordered' }, { machine: null }]);
  const shown = await berth(['provider', 'show', 'site']);
  expect(shown.out).toContain('up to 2 machines after 1m of waiting, given back after 10m idle');
  expect(shown.out).toMatch(/site-\w{6} +grow +ordered/);
  expect(await berth(['provider', 'rm', 'site'])).toMatchObject({ code: 0 });
  expect((await api.parts.store.get('provider', 'site'))?.doc.removing).toBe(true);
  expect((await berth(['provider', 'grow', 'site'])).err).toContain('The provider site is being removed.');
});
