// Makes instances of a database that `recoveryStore` has made fall due, all else of them left as it is.
import type { Instance, InstanceStatus } from '../src/model/instance.ts';
import type { Instant } from '../src/model/instant.ts';
import type { Store, Stored, Write } from '../src/ports/store.ts';
import { anApplication } from './recovery-store.ts';

/** Which instances, by their ids, are first due when; and again every so many milliseconds. */
export interface Due {
  readonly firstAt: Instant;
  readonly dueAts: ReadonlyMap<string, Instant>;
  readonly everyMs: number;
}

const AT_ONCE = 500;

/** Adds the application that they are of, without which none can run. */
export async function addApplication(store: Store): Promise<void> {
  await store.create('application', anApplication());
}

/** Writes them before the platform is started; each may have its run before last still going when the next one begins. */
export async function makeDue(store: Store, due: Due): Promise<void> {
  const ids = [...due.dueAts.keys()];
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    const some = ids.slice(from, from + AT_ONCE);
    const [instances, statuses] = await Promise.all([
      store.getMany('instance', some),
      store.getMany('instanceStatus', some),
    ]);
    const writes = [
      ...instances.map((each) => dueInstance(each, due)),
      ...statuses.map((each) => dueStatus(each, due)),
    ];
    const results = await store.apply(writes);
    if (results.length !== 2 * some.length || results.some(({ ok }) => !ok))
      throw new Error('the schedules could not be set');
  }
}

function dueInstance({ doc, version }: Stored<Instance>, { dueAts, everyMs, firstAt }: Due): Write {
  const triggers = [{ kind: 'interval', everyMs }] as const;
  const schedule = { ...doc.schedule, triggers, startAt: dueAts.get(doc.id) ?? 0, durationMs: 60_000 };
  const overlap = { kind: 'allow' } as const;
  return { do: 'update', kind: 'instance', doc: { ...doc, schedule, overlap, enabledAt: firstAt - 1 }, version };
}

function dueStatus({ doc, version }: Stored<InstanceStatus>, { dueAts, firstAt }: Due): Write {
  const at = dueAts.get(doc.id) ?? 0;
  const status = { ...doc, cursorAt: firstAt - 1, occurrenceAt: at, nextAt: at };
  return { do: 'update', kind: 'instanceStatus', doc: status, version };
}
