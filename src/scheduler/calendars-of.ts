// The calendars that an instance's schedules name, and the instances whose schedules name a calendar.
import { pages } from '../engine/shard-sweep.ts';
import type { Calendar } from '../model/calendar.ts';
import type { Instance } from '../model/instance.ts';
import type { Store } from '../ports/store.ts';

/** Reads them, as far as they exist. */
export async function calendarsOf(store: Store, instance: Instance): Promise<readonly Calendar[]> {
  const names = namesOf(instance);
  if (names.size === 0) return [];
  return (await store.getMany('calendar', [...names])).map(({ doc }) => doc);
}

/** The instances whose schedules name a calendar, found page by page. */
export async function* usersOfCalendar(store: Store, id: string): AsyncIterable<Instance> {
  for await (const instance of pages(store, 'instance', { limit: 1000 })) {
    if (namesOf(instance).has(id)) yield instance;
  }
}

function namesOf({ schedule, earlier }: Instance): ReadonlySet<string> {
  return new Set([schedule, ...earlier.map((each) => each.schedule)].flatMap(({ calendars }) => calendars));
}
