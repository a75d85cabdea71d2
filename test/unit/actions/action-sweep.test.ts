// The past of actions is bounded by age, and what is not over stays.
import { expect, test } from 'vitest';
import { ActionSweep } from '../../../src/actions/action-sweep.ts';
import { firstStatus } from '../../../src/actions/store-action.ts';
import type { ActionStatus } from '../../../src/model/action.ts';
import { SimProcess } from '../../../src/sim/sim-process.ts';
import { SimStore } from '../../../src/sim/sim-store.ts';
import { anAction, ORDERS } from './action-builders.ts';
import { ActionsWorld } from './actions-world.ts';

const DAY = 86_400_000;

test('what is over and old is forgotten with its notices and budgets; what waits, and what ended lately, stays', async () => {
  const world = new ActionsWorld('sweep');
  const { now } = world;
  const put = (id: string, requestedAt: number, over: Partial<ActionStatus>) => {
    const action = anAction(ORDERS.email, { id, requestedAt });
    world.write('action', action);
    world.write('actionStatus', { ...firstStatus(action), ...over });
  };
  const ended = (endedAt: number) => ({ state: 'failed', endedAt, nextAt: null }) as const;
  put('old', now - 40 * DAY, ended(now - 39 * DAY));
  put('old-retried-lately', now - 40 * DAY, ended(now - DAY));
  put('old-and-waiting', now - 40 * DAY, {});
  put('young', now - DAY, ended(now));
  for (let more = 0; more < 600; more++) put(`old-${more}`, now - 50 * DAY, ended(now - 49 * DAY));
  world.write('action', anAction(ORDERS.email, { id: 'half', requestedAt: now - 40 * DAY }));
  const notice = {
    user: 'ana',
    title: 'a',
    text: 'b',
    severity: 'info',
    instance: 'i',
    job: 'j',
    readAt: null,
  } as const;
  world.write('inboxNotice', { id: 'ana/old', ...notice, at: now - 31 * DAY });
  world.write('inboxNotice', { id: 'ana/young', ...notice, at: now - 29 * DAY });
  world.write('actionBudget', { id: 'i/sms', minutes: [{ at: now - DAY, begun: 1 }] });
  world.write('actionBudget', { id: 'i/email', minutes: [{ at: now - 60_000, begun: 1 }] });
  const process = new SimProcess(world.world, 'sweep');
  const store = new SimStore({ process, disk: world.disk, weather: world.weather });
  const sweep = new ActionSweep(store, { maxAgeMs: 30 * DAY, everyMs: 3_600_000 });
  expect(await world.settle(sweep.reconcile('all', now))).toBe(now + 3_600_000);
  expect(world.disk.docs('action').map(({ id }) => id)).toEqual(['old-retried-lately', 'old-and-waiting', 'young']);
  expect(world.disk.docs('actionStatus').map(({ id }) => id)).toEqual([
    'old-retried-lately',
    'old-and-waiting',
    'young',
  ]);
  expect(world.disk.docs('inboxNotice').map(({ id }) => id)).toEqual(['ana/young']);
  expect(world.disk.docs('actionBudget').map(({ id }) => id)).toEqual(['i/email']);
  expect(await sweep.reconcile('all', now + 1)).toBe(now + 3_600_000);
});
