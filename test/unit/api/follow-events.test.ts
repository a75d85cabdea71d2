// Following events through every moment at which a client may leave: nothing is missed and nothing comes twice.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SqliteStore } from '../../../src/adapters/sqlite-store/sqlite-store.ts';
import { SystemClock } from '../../../src/adapters/system-clock/system-clock.ts';
import type { HeardStore } from '../../../src/api/api-parts.ts';
import { EventFeed } from '../../../src/api/event-feed.ts';
import { followEvents } from '../../../src/api/follow-events.ts';
import { WatchedStore } from '../../../src/engine/watched-store.ts';
import type { Event } from '../../../src/model/event.ts';
import { silentLog } from '../../contracts/silent-log.ts';
import { temporaryDirectory } from '../../contracts/temporary-directory.ts';

const START = 1_700_000_000_000;

/** Events whose times are up to two seconds away from the order in which they are stored. */
function anEvent(number: number, awayMs: number): Event {
  const at = START + number * 10 + awayMs;
  const id = `${at.toString(16).padStart(12, '0')}-${String((number * 7919) % 100_000).padStart(8, '0')}`;
  return { id, at, kind: 'k', subject: 's', application: null, text: String(number), evidence: {} };
}

async function openStore(): Promise<HeardStore & WatchedStore> {
  const path = `${await temporaryDirectory()}/berth.db`;
  return new WatchedStore(SqliteStore.open({ path, clock: new SystemClock(), log: silentLog }));
}

/** Takes so many events behind a cursor and leaves; gives their numbers and the last cursor. */
async function visit(store: HeardStore, feed: EventFeed, after: string | undefined, count: number) {
  const leaving = new AbortController();
  const seen: string[] = [];
  let last = after;
  for await (const { event, cursor } of followEvents({ store, feed }, { after, signal: leaving.signal })) {
    seen.push(event.text);
    last = cursor;
    if (seen.length === count) break;
  }
  leaving.abort();
  return { seen, last };
}

/** No event is young by this clock. */
const LATER = { now: () => Number.MAX_SAFE_INTEGER, after: () => () => {} };

describe('a client that comes and goes', () => {
  it('gets each event once, those of before this process and those that are stored out of order included', {
    timeout: 60_000,
  }, async () => {
    const moves = fc.record({
      before: fc.array(fc.integer({ min: -2000, max: 2000 }), { maxLength: 30 }),
      after: fc.array(fc.integer({ min: -2000, max: 2000 }), { maxLength: 40 }),
      visits: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 20 }),
    });
    await fc.assert(
      fc.asyncProperty(moves, async ({ before, after, visits }) => {
        const store = await openStore();
        for (const [number, away] of before.entries()) await store.create('event', anEvent(number, away));
        const feed = new EventFeed(store, LATER);
        const late = after.map((away, index) => anEvent(before.length + index, away));
        const total = before.length + after.length;
        const seen: string[] = [];
        let last: string | undefined = '0-0';
        for (let turn = 0; seen.length < total; turn++) {
          for (const event of late.splice(0, visits[turn % visits.length] ?? 1)) await store.create('event', event);
          const there = total - late.length - seen.length;
          if (there === 0) continue;
          const visited = await visit(store, feed, last, Math.min(visits[turn % visits.length] ?? 1, there));
          seen.push(...visited.seen);
          last = visited.last;
        }
        expect(seen.toSorted()).toEqual(Array.from({ length: total }, (_, number) => String(number)).toSorted());
        feed.close();
        await store.close();
      }),
      { numRuns: 30 },
    );
  });

  it.each([undefined, 'garbage', '', 'ffffffffffff-x'])('with %j begins with the next event', async (after) => {
    const store = await openStore();
    const feed = new EventFeed(store, LATER);
    await store.create('event', anEvent(0, 0));
    const visiting = visit(store, feed, after, 1);
    await store.create('event', anEvent(1, 0));
    expect((await visiting).seen).toEqual(['1']);
    feed.close();
    await store.close();
  });

  it('that falls behind what the feed keeps reads the rest from the store', { timeout: 60_000 }, async () => {
    const store = await openStore();
    const feed = new EventFeed(store, LATER);
    const first = anEvent(0, 0);
    await store.create('event', first);
    const many = Array.from({ length: 21_000 }, (_, index) => anEvent(index + 1, 0));
    while (many.length > 0) {
      const writes = many.splice(0, 1000).map((doc) => ({ do: 'create', kind: 'event', doc }) as const);
      await store.apply(writes);
    }
    const { seen } = await visit(store, feed, first.id, 21_000);
    expect(new Set(seen).size).toBe(21_000);
    feed.close();
    await store.close();
  });
});
