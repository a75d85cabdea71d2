// Recording events: their ids, and what becomes of a record that fails.
import { expect, test } from 'vitest';
import { eventRecorder } from '../../../src/engine/event-recorder.ts';
import type { Event } from '../../../src/model/event.ts';
import type { Store } from '../../../src/ports/store.ts';
import { silentLog } from '../../contracts/silent-log.ts';
import { openStore } from '../scheduler/reads-world.ts';
import { ManualClock } from './manual-clock.ts';

function recorder(store: Store, clock: ManualClock, name: string) {
  const random = { id: () => name, fraction: () => 0, bytes: (count: number) => new Uint8Array(count) };
  const record = eventRecorder({ store, clock, random, log: silentLog });
  return (text: string) => record({ kind: 'test', subject: 'job:x', text });
}

async function recorded(store: Store): Promise<readonly Event[]> {
  return (await store.list('event', { limit: 1000 })).items.map(({ doc }) => doc);
}

test('events of one millisecond are kept in the order in which they were recorded', async () => {
  const store = await openStore();
  const record = recorder(store, new ManualClock(), 'a');
  const texts = Array.from({ length: 300 }, (_, index) => `event ${index}`);
  await Promise.all(texts.map(record));
  expect((await recorded(store)).map(({ text }) => text)).toEqual(texts);
});

test('later events come behind earlier ones, whoever recorded them', async () => {
  const store = await openStore();
  const clock = new ManualClock();
  const [first, second] = [recorder(store, clock, 'z'), recorder(store, clock, 'a')];
  await first('one');
  await first('two');
  await clock.advance(1);
  await second('three');
  expect((await recorded(store)).map(({ text }) => text)).toEqual(['one', 'two', 'three']);
});

test('two recorders at the same time take no id from each other', async () => {
  const store = await openStore();
  const clock = new ManualClock();
  await Promise.all([recorder(store, clock, 'a')('one'), recorder(store, clock, 'b')('two')]);
  expect(await recorded(store)).toHaveLength(2);
});
