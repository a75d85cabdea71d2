// The servers room at work: machines stopped, destroyed, frozen and cut off; platforms that die amid it; fleets that grow and shrink.
import { describe, expect, test } from 'vitest';
import { acceptedStatus } from '../../../src/deployment/decide-job.ts';
import type { Job } from '../../../src/model/job.ts';
import { aJob, aNode } from '../../builders/jobs.ts';
import { aProvider } from './server-builders.ts';
import { type ServersWorld, serversWorld } from './servers-world.ts';

const MINUTE = 60_000;

function machinesOf(world: ServersWorld): readonly string[] {
  return world.cloud.machines.map(({ machine }) => machine);
}

describe('a machine', () => {
  test('that somebody stops at the console is started again', async () => {
    const world = await serversWorld('stopped', 2);
    world.cloud.stop('old-1');
    await world.until(
      'n1 is ready on its own machine',
      MINUTE,
      () => world.cloud.find('old-1')?.state === 'running' && world.areReady('n1'),
    );
    expect(machinesOf(world)).toEqual(['old-1', 'old-2']);
    expect(world.events('server.step')).toEqual([
      expect.stringContaining('Its provider says that the machine is stopped.'),
    ]);
  });

  test('that somebody destroys at the console is replaced; name and labels stay', async () => {
    const world = await serversWorld('gone', 2);
    const before = world.node('n1');
    world.cloud.destroy('old-1');
    await world.until(
      'n1 is ready on a new machine',
      2 * MINUTE,
      () => world.node('n1')?.machine?.machine === 'm-1' && world.areReady('n1'),
    );
    expect(world.node('n1')).toMatchObject({ labels: { place: 'hall' }, access: { host: 'm-1.cloud' } });
    expect(world.node('n1')?.createdAt).toBeGreaterThan(before?.createdAt ?? 0);
    expect(world.events('node.replaced')[0]).toContain('Its provider vouches for its host key.');
  });

  test('that freezes is switched off and on', async () => {
    const world = await serversWorld('frozen', 2);
    world.silent.add('old-1');
    await world.until('n1 is lost', MINUTE, () => !world.areReady('n1'));
    await world.until('n1 is back', 3 * MINUTE, () => world.areReady('n1'));
    expect(machinesOf(world)).toEqual(['old-1', 'old-2']);
    expect(world.events('server.step-done')).toHaveLength(1);
  });

  test('that never comes back is replaced, and destroyed', async () => {
    const world = await serversWorld('broken', 2);
    const again = () => world.silent.add('old-1');
    again();
    world.world.schedule(0, function breakAgain() {
      again();
      world.world.schedule(100, breakAgain);
    });
    await world.until(
      'n1 is ready on a new machine',
      20 * MINUTE,
      () => world.node('n1')?.machine?.machine === 'm-1' && world.areReady('n1'),
    );
    await world.until('the old one is gone', MINUTE, () => world.cloud.find('old-1')?.state === 'gone');
    expect(machinesOf(world)).toEqual(['old-2', 'm-1']);
  });

  test('whose engine dies gets it restarted, and nothing else', async () => {
    const world = await serversWorld('engine', 2);
    world.dead.add('old-1');
    await world.until('n1 is lost', MINUTE, () => !world.areReady('n1'));
    await world.until('n1 is back', MINUTE, () => world.areReady('n1'));
    expect(world.events('server.step')).toEqual([expect.stringContaining('restarting its Docker engine')]);
  });
});

describe('a fleet', () => {
  test('all of whose machines are destroyed at the console is made anew', async () => {
    const world = await serversWorld('all gone', 5);
    for (const machine of machinesOf(world)) world.cloud.destroy(machine);
    const names = ['n1', 'n2', 'n3', 'n4', 'n5'];
    await world.until('all are lost', MINUTE, () => !names.some((name) => world.areReady(name)));
    await world.until('all are ready', 5 * MINUTE, () => world.areReady(...names));
    expect(machinesOf(world)).toHaveLength(5);
    expect(world.events('fleet.mass-loss')).toHaveLength(1);
  });

  test('half of which is cut off is left as it is', async () => {
    const world = await serversWorld('cut', 8);
    for (const machine of machinesOf(world).slice(0, 4)) world.silent.add(machine);
    await world.world.pass(20 * MINUTE);
    expect(machinesOf(world)).toHaveLength(8);
    expect(world.events('server.step')).toEqual([]);
    expect(world.disk.read('serverStatus', 'n1')?.doc.state).toBe('held');
    world.silent.clear();
    await world.until('all are ready', MINUTE, () => world.areReady('n1', 'n2', 'n3', 'n4'));
  });

  test('grows for a job that waits for room, and gives the machine back when it is idle', async () => {
    const world = await serversWorld('grow', 1);
    const job = await waits(world, aJob({ open: 1 }));
    await world.world.pass(50_000);
    expect(world.disk.docs('machineOrder')).toEqual([]);
    const added = () => world.disk.docs('node').find(({ machine }) => machine?.isAdded);
    await world.until('a node was added', 2 * MINUTE, () => world.areReady(added()?.id ?? 'none'));
    await world.world.pass(5 * MINUTE);
    expect(world.disk.docs('node')).toHaveLength(2);
    const waiting = world.disk.read('jobStatus', job.id);
    if (!waiting) throw new Error('There is no such job');
    await settle(world, world.store.update('jobStatus', { ...waiting.doc, state: 'running' }, waiting.version));
    await world.until('it is given back', 20 * MINUTE, () => added() === undefined && machinesOf(world).length === 1);
    expect(world.events('fleet.give-back')).toHaveLength(1);
    await world.until('its order is forgotten', MINUTE, () => world.disk.docs('machineOrder').length === 0);
  });

  test('does not grow for a job with labels that no new machine would carry', async () => {
    const world = await serversWorld('labels', 1);
    const job = aJob({ open: 1 });
    await waits(world, { ...job, spec: { ...job.spec, labels: { place: 'roof' } } });
    await world.world.pass(10 * MINUTE);
    expect(world.disk.docs('machineOrder')).toEqual([]);
  });

  test('loses a provider as soon as no node names it', async () => {
    const world = await serversWorld('provider', 1);
    await settle(world, world.room.providers.removeProvider('cloud'));
    await world.world.pass(2 * MINUTE);
    expect(world.disk.read('provider', 'cloud')).toBeDefined();
    await settle(
      world,
      world.store.update('node', { ...aNode('n1'), removing: true }, world.disk.read('node', 'n1')?.version ?? 0),
    );
    await world.until('the provider is gone', 2 * MINUTE, () => world.disk.read('provider', 'cloud') === undefined);
  });
});

describe('a platform that dies', () => {
  test('at any act of a replacement leaves one machine for each node in the end', async () => {
    let deaths = 0;
    for (let acts = 0; acts < 24; acts++) {
      for (const when of ['before', 'after'] as const) deaths += await killedAmidReplacement(acts, when);
    }
    expect(deaths).toBeGreaterThan(40);
  }, 60_000);

  test.each(['a', 'b', 'c', 'd', 'e', 'f'])('or whose provider answers badly: seed %s', async (seed) => {
    const world = await serversWorld(`bad ${seed}`, 4);
    Object.assign(world.weather, {
      machineSlow: 0.2,
      machineRefused: 0.2,
      machineLost: 0.2,
      storeRefused: 0.02,
      storeLost: 0.02,
    });
    world.cloud.destroy('old-1');
    world.cloud.stop('old-2');
    await world.world.pass(5 * MINUTE);
    Object.assign(world.weather, { machineSlow: 0, machineRefused: 0, machineLost: 0, storeRefused: 0, storeLost: 0 });
    await world.until('all are ready', 30 * MINUTE, () => world.areReady('n1', 'n2', 'n3', 'n4'));
    await world.until('nothing is left over', 30 * MINUTE, () => machinesOf(world).length === 4);
  });
});

/** A job that no node takes. */
async function waits(world: ServersWorld, job: Job): Promise<Job> {
  const placement = { at: world.now, chosen: null, sentence: 'none', verdicts: [] };
  const status = acceptedStatus(job, world.now);
  const slots = status.slots.map((slot) => ({ ...slot, placement }));
  await settle(world, world.store.create('job', job));
  await settle(world, world.store.create('jobStatus', { ...status, state: 'waiting', slots }));
  return job;
}

/** Resolves to the number of deaths. */
async function killedAmidReplacement(acts: number, when: 'before' | 'after'): Promise<number> {
  const world = await serversWorld(`killed ${acts} ${when}`, 3);
  world.cloud.destroy('old-1');
  world.process.planDeath({ acts, when });
  await world.world.pass(MINUTE);
  const deaths = world.process.isAlive ? 0 : 1;
  if (deaths > 0) await world.boot();
  await world.until(`n1 is ready (${acts} ${when})`, 30 * MINUTE, () => {
    return world.node('n1')?.machine?.machine !== 'old-1' && world.areReady('n1', 'n2', 'n3');
  });
  await world.until(`nothing is left over (${acts} ${when})`, 30 * MINUTE, () => machinesOf(world).length === 3);
  return deaths;
}

test('people see why a node is as it is, and may say what it is', async () => {
  const world = await serversWorld('why', 2);
  world.write('provider', aProvider({ id: 'other' }) as never);
  await expectCode(world, world.room.servers.recoverNode('n1', { step: null, by: 'mara' }), 'server.nothing-wrong');
  await expectCode(
    world,
    world.room.servers.adoptMachine('n1', { provider: 'cloud', machine: 'old-2' }),
    'server.machine-taken',
  );
  await expectCode(
    world,
    world.room.servers.adoptMachine('n1', { provider: 'cloud', machine: 'none' }),
    'provider.no-machine',
  );
  await settle(world, world.room.servers.recoverNode('n1', { step: 'power-cycle', by: 'mara' }));
  await world.until('n1 goes off', MINUTE, () => !world.areReady('n1'));
  await world.until('n1 is back', MINUTE, () => world.areReady('n1'));
  expect(world.events('server.step')).toEqual([expect.stringContaining('A person asked for it: power-cycle.')]);
  await world.world.pass(MINUTE);
  expect(world.events('server.step')).toHaveLength(1);
});

/** What is asked of a world goes on only while its time passes. */
async function settle<T>(world: ServersWorld, asked: Promise<T>): Promise<T> {
  const [result] = await Promise.allSettled([asked, world.world.pass(5000)]);
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}

async function expectCode(world: ServersWorld, asked: Promise<unknown>, code: string): Promise<void> {
  await expect(settle(world, asked)).rejects.toMatchObject({ code });
}
