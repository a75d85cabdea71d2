// Alerts from what stands in the store until people were told.
import { describe, expect, test } from 'vitest';
import { SystemRandom } from '../../../src/adapters/system-random/system-random.ts';
import type { NodeState } from '../../../src/model/node.ts';
import { AlertController } from '../../../src/monitoring/alert-controller.ts';
import { openAlerts } from '../../../src/monitoring/alert-reads.ts';
import { endSilence, putRoute, removeRoute, silenceAlerts } from '../../../src/monitoring/alert-requests.ts';
import { aJob, anInstance, aTask } from '../../builders/jobs.ts';
import { aJobStatus } from '../nodes/a-job-status.ts';
import { monitoringWorld } from './monitoring-world.ts';

async function world() {
  const made = await monitoringWorld();
  const parts = { ...made, random: new SystemRandom() };
  const controller = new AlertController(made);
  const access = { kind: 'webhooks', secretFile: null, allowPrivate: [] } as const;
  await made.store.create('actionChannel', { id: 'webhooks', access, updatedAt: 0 });
  const to = ['https://alerts.example.org/hook'];
  await putRoute(parts, 'ops', { channel: 'webhooks', to, least: 'warning' });
  const node = async (id: string, state: NodeState) => {
    const stored = await made.store.get('nodeStatus', id);
    const doc = {
      ...{ id, state, reason: 'No answer.', facts: null, load: null, clockOffsetMs: 0 },
      lastSeenAt: null,
      stateSinceAt: 0,
      shard: 0,
    };
    await (stored ? made.store.update('nodeStatus', doc, stored.version) : made.store.create('nodeStatus', doc));
  };
  /** Lets time pass, and the controller look whenever it wants to. */
  const pass = async (ms: number) => {
    const end = made.clock.now() + ms;
    let next = await controller.reconcile('all', made.clock.now());
    while (next <= end) {
      await made.clock.advance(Math.max(next - made.clock.now(), 1));
      next = await controller.reconcile('all', made.clock.now());
    }
    await made.clock.advance(end - made.clock.now());
  };
  const subjects = () => made.told.map(({ message }) => message.subject);
  return { ...made, parts, node, pass, subjects };
}

describe('alerts', () => {
  test('of one cause are told in one message, once, and their end too', async () => {
    const { node, pass, told, subjects } = await world();
    await node('n1', 'lost');
    await pass(15_000);
    await node('n2', 'lost');
    await pass(60_000);
    expect(subjects()).toEqual(['[Berth] 2 alerts, 2 of them critical']);
    expect(told[0]?.message.text).toContain('Critical, since');
    await pass(600_000);
    expect(told).toHaveLength(1);
    for (const id of ['n1', 'n2']) await node(id, 'ready');
    await pass(120_000);
    expect(subjects().slice(1)).toEqual(['[Berth] 2 alerts are over']);
  });

  test('that go on are told again after four hours', async () => {
    const { node, pass, told } = await world();
    await node('n1', 'lost');
    await pass(4 * 3_600_000 + 120_000);
    expect(told.map(({ message }) => message.alerts.map(({ state }) => state))).toEqual([['opened'], ['again']]);
  });

  test('that come back before their end was told go on as the same', async () => {
    const { node, pass, told, store } = await world();
    await node('n1', 'lost');
    await pass(60_000);
    await node('n1', 'ready');
    await pass(46_000);
    await node('n1', 'lost');
    await pass(120_000);
    expect(told).toHaveLength(1);
    expect(await openAlerts(store)).toHaveLength(1);
  });

  test('are kept quiet, and told when that ends', async () => {
    const { node, pass, told, parts } = await world();
    const wish = { rule: 'node-lost', subject: 'node:n*', reason: 'Work on the machines.', by: 'ana' };
    const { id } = await silenceAlerts(parts, { ...wish, forMs: 3_600_000 });
    await node('n1', 'lost');
    await pass(600_000);
    expect(told).toEqual([]);
    await endSilence(parts, id);
    await pass(60_000);
    expect(told).toHaveLength(1);
  });

  test('are told as soon as somebody takes them', async () => {
    const { node, pass, told, answers } = await world();
    answers.isTaken = false;
    await node('n1', 'lost');
    await pass(300_000);
    answers.isTaken = true;
    await pass(120_000);
    expect(told).toHaveLength(1);
  });

  test('of instances whose last jobs failed, and of missed occurrences, are found by what stands in the store', async () => {
    const { pass, store, clock, parts, told } = await world();
    const now = clock.now();
    await store.create('instance', anInstance({ id: 'i1', name: 'hourly' }));
    for (const number of [1, 2, 3]) {
      const job = aJob({ id: `i1.o${number}`, instance: 'i1' });
      const over = { state: 'failed', createdAt: now, endedAt: now + number } as const;
      await store.create('jobStatus', aJobStatus(aTask(job, 0, 1, 'n1'), over));
    }
    const gap = {
      fromAt: now,
      toAt: now,
      count: 4,
      outcome: 'missed',
      reason: 'The platform was off.',
      recordedAt: now,
    } as const;
    await store.create('gap', { id: 'i1.o9', instance: 'i1', ...gap });
    await pass(60_000);
    const texts = told.flatMap(({ message }) => message.alerts.map(({ text }) => text));
    expect(texts.toSorted()).toEqual([
      '4 due runs of the instance hourly were missed: The platform was off.',
      expect.stringContaining('The last 3 jobs of the instance hourly failed'),
    ]);
    await removeRoute(parts, 'ops');
  });
});

describe('a route', () => {
  test.each([
    ['Ops', { channel: 'webhooks', to: ['https://x.org'] }, 'its name must be of small letters'],
    ['ops', { channel: 'pigeon', to: ['x'] }, 'alerts go by smtp or webhooks, not by pigeon'],
    ['ops', { channel: 'webhooks', to: ['a@b.c'] }, 'a@b.c is not an http or https URL'],
    ['ops', { channel: 'smtp', to: ['a@b.c, d@e.f'] }, 'a@b.c, d@e.f is not a mail address'],
    ['ops', { channel: 'smtp', to: ['a@b.c'] }, 'the channel smtp is not described yet'],
  ] as const)('is refused with what is wrong: %s %o', async (id, wish, reason) => {
    const { parts } = await world();
    await expect(putRoute(parts, id, { ...wish, least: 'warning' })).rejects.toThrow(reason);
  });
});
