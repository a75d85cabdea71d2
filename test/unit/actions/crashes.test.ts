// A platform that dies anywhere: what may not be repeated reaches the other side at most once, and what may be is known again by its mark.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { actionId } from '../../../src/actions/action-requests.ts';
import { actionEnded } from '../../../src/actions/decide-action.ts';
import type { OrderKind } from '../../../src/actions/ordinary-rules.ts';
import type { ActionStatus } from '../../../src/model/action.ts';
import type { DeathPlan } from '../../../src/sim/sim-process.ts';
import { ActionsWorld, WANTED } from './actions-world.ts';

const DAY = 86_400_000;
const KINDS = Object.keys(WANTED) as OrderKind[];
/** More than any kind needs from the request to its end. */
const MOST_ACTS = 16;

interface Story {
  readonly world: ActionsWorld;
  readonly status: ActionStatus;
}

/** A task asks until it is answered, over lives of which each may be destined to die. */
async function story(kind: OrderKind, deaths: readonly DeathPlan[]): Promise<Story> {
  const world = new ActionsWorld(`${kind} ${JSON.stringify(deaths)}`);
  const plans = [...deaths];
  await world.boot(plans.shift());
  let isAnswered = false;
  const id = actionId(world.task.instance, 'k');
  for (let elapsed = 0; elapsed < 2 * DAY; elapsed += 500) {
    if (!world.process.isAlive) await world.boot(plans.shift());
    isAnswered ||= (await world.ask(WANTED[kind])) !== undefined;
    await world.world.pass(500);
    const status = world.disk.read('actionStatus', id)?.doc;
    if (isAnswered && status && actionEnded(status.state) && world.process.isAlive) return { world, status };
  }
  throw new Error(`It never ended: ${JSON.stringify(world.disk.read('actionStatus', id)?.doc)}`);
}

function judge(kind: OrderKind, { world, status }: Story): void {
  expect(world.world.violation).toBeUndefined();
  const own = world.arrivals.filter((arrival) => arrival.kind === kind);
  expect(new Set(own.map(({ mark }) => mark)).size).toBeLessThanOrEqual(1);
  if (kind === 'sms' || kind === 'control') {
    expect(own.length).toBeLessThanOrEqual(1);
    expect(['delivered', 'unknown', ...(kind === 'control' ? ['failed'] : [])]).toContain(status.state);
  } else expect(status.state).toBe('delivered');
  if (status.state === 'delivered' && kind !== 'notify') expect(own.length).toBeGreaterThanOrEqual(1);
  if (status.state === 'failed') expect(own).toEqual([]);
  if (kind === 'notify') expect(world.disk.docs('inboxNotice').map(({ user }) => user)).toEqual(['ana', 'ben']);
}

test.each(KINDS)('one death, at any point of its way: %s', async (kind) => {
  const states = new Set<string>();
  for (const when of ['before', 'after'] as const)
    for (let acts = 0; acts < MOST_ACTS; acts++) {
      const end = await story(kind, [{ acts, when }]);
      judge(kind, end);
      states.add(end.status.state);
    }
  expect(states).toContain('delivered');
  if (kind === 'sms' || kind === 'control') expect(states).toContain('unknown');
});

const death = fc.record({
  acts: fc.integer({ min: 0, max: MOST_ACTS }),
  when: fc.constantFrom('before' as const, 'after' as const),
});

test('several deaths in a row', async () => {
  const deaths = fc.array(death, { minLength: 2, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...KINDS), deaths, async (kind, plans) => judge(kind, await story(kind, plans))),
    { numRuns: 150 },
  );
}, 60_000);

test('a database whose answers are lost', async () => {
  for (let seed = 0; seed < 40; seed++)
    for (const kind of ['sms', 'control', 'email'] as const) {
      const world = new ActionsWorld(`weather ${seed} ${kind}`);
      Object.assign(world.weather, { storeLost: 0.2, storeRefused: 0.1 });
      await world.boot();
      const id = actionId(world.task.instance, 'k');
      let isAnswered = false;
      for (let elapsed = 0; elapsed < DAY; elapsed += 1000) {
        isAnswered ||= await world.ask(WANTED[kind]).then(
          (action) => action !== undefined,
          () => false,
        );
        await world.world.pass(1000);
        const status = world.disk.read('actionStatus', id)?.doc;
        if (isAnswered && status && actionEnded(status.state)) break;
      }
      const status = world.disk.read('actionStatus', id)?.doc;
      expect(world.arrivals.length, `${seed} ${kind}`).toBeLessThanOrEqual(kind === 'email' ? 9 : 1);
      expect(status?.state, `${seed} ${kind}: ${JSON.stringify(status)}`).toBe(
        world.arrivals.length === 0 ? 'failed' : 'delivered',
      );
      world.process.kill('the test is over');
    }
}, 60_000);
