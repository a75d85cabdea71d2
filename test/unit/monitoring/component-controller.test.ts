// Who is silent, by our own clock: other machines may have any time they like.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ComponentController } from '../../../src/monitoring/component-controller.ts';
import { decideComponent, LOST_AFTER_MS } from '../../../src/monitoring/decide-component.ts';
import { SilenceBook } from '../../../src/monitoring/silence-book.ts';
import { aComponent, monitoringWorld } from './monitoring-world.ts';

const DAY = 86_400_000;
const WELL = { silenceMs: 0, wasHeard: true, isStopping: false, lostForMs: null };

describe('a component is judged', () => {
  test.each([
    ['well while it is heard', {}, 'well'],
    ['well just before the bound', { silenceMs: LOST_AFTER_MS - 1 }, 'well'],
    ['lost when it is silent for long', { silenceMs: LOST_AFTER_MS }, 'lost'],
    ['no more than silent when that is known', { silenceMs: LOST_AFTER_MS, lostForMs: 0 }, 'silent'],
    ['back when it is heard again', { lostForMs: 0 }, 'back'],
    ['silent until something new comes', { lostForMs: 0, wasHeard: false }, 'silent'],
    ['silent and not lost when it said that it stops', { silenceMs: LOST_AFTER_MS, isStopping: true }, 'silent'],
    ['forgotten when it stopped and stays away', { silenceMs: 60_000, isStopping: true }, 'forget'],
    ['forgotten after a day', { silenceMs: LOST_AFTER_MS, lostForMs: DAY }, 'forget'],
    ['back after a day, when it is heard', { lostForMs: DAY }, 'back'],
  ] as const)('%s', (_, over, verdict) => {
    expect(decideComponent({ ...WELL, ...over })).toBe(verdict);
  });
});

describe('silence', () => {
  test('is never longer than the time in which we looked, whatever times heartbeats tell', () => {
    const looks = fc.array(fc.record({ gapMs: fc.nat(30_000), at: fc.option(fc.integer()) }), { maxLength: 50 });
    fc.assert(
      fc.property(looks, (steps) => {
        const book = new SilenceBook();
        let [nowMs, onTimeMs, at] = [0, 0, 0];
        for (const step of steps) {
          nowMs += step.gapMs;
          if (step.at !== null && step.at !== at) onTimeMs = 0;
          else if (step.gapMs <= 10_000) onTimeMs += step.gapMs;
          at = step.at ?? at;
          expect(book.look({ id: 'one', run: 'r', heartbeatAt: at }, nowMs).silenceMs).toBeLessThanOrEqual(onTimeMs);
        }
      }),
    );
  });
});

describe('the list of components', () => {
  async function world() {
    const made = await monitoringWorld();
    const controller = new ComponentController(made);
    const pass = async (ms: number) => {
      for (let passed = 0; passed < ms; passed += 2500) {
        await made.clock.advance(2500);
        await controller.reconcile('one', made.clock.now());
      }
    };
    const beat = async (heartbeatAt: number, over = {}) => {
      const stored = await made.store.get('component', 'one');
      const doc = aComponent({ heartbeatAt, ...over });
      await (stored ? made.store.update('component', doc, stored.version) : made.store.create('component', doc));
    };
    const alert = async () => (await made.store.get('alert', 'component-lost:component:one'))?.doc.state;
    const kinds = () => made.events.map(({ kind }) => kind);
    return { ...made, pass, beat, alert, kinds };
  }

  test('tells once of a component that is lost, and once of its return', async () => {
    const { pass, beat, alert, kinds } = await world();
    await beat(1);
    await pass(60_000);
    expect(await alert()).toBe('open');
    expect(kinds()).toEqual(['alert.opened', 'component.lost']);
    await beat(2);
    await pass(2500);
    expect(await alert()).toBe('closed');
    expect(kinds().slice(2)).toEqual(['alert.closed', 'component.back']);
  });

  test('does not take the clock of another machine for the truth', async () => {
    const { pass, beat, kinds } = await world();
    for (const heartbeatAt of [5_000_000_000_000, 1, 4_000_000_000_000, 2]) {
      await beat(heartbeatAt);
      await pass(10_000);
    }
    expect(kinds()).toEqual([]);
  });

  test('closes the alert on a component that was taken away, and forgets one that is away for a day', async () => {
    const { pass, beat, alert, store, clock } = await world();
    await beat(clock.now());
    await pass(20_000);
    expect(await alert()).toBe('open');
    clock.jump(DAY);
    await pass(2500);
    expect(await store.get('component', 'one')).toBeUndefined();
    expect(await alert()).toBe('closed');
  });
});
