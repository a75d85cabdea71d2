// What people may see of alerts, silences and routes.
import { pages } from '../engine/shard-sweep.ts';
import type { Alert, AlertRoute, AlertSilence } from '../model/alert.ts';
import type { Instant } from '../model/instant.ts';
import type { Documents } from '../model/kinds.ts';
import type { Page, Query, Store } from '../ports/store.ts';

const PAGE = 500;

/** Every alert that is open, oldest first. */
export async function openAlerts(store: Store): Promise<readonly Alert[]> {
  return all(store, 'alert', { where: { state: 'open' }, orderBy: 'openedAt' });
}

/** Every alert that people know to be open, whatever has become of it. */
export async function toldAlerts(store: Store): Promise<readonly Alert[]> {
  return all(store, 'alert', { where: { toldState: 'open' }, orderBy: 'openedAt' });
}

/** One page of alerts, newest first; of one state, or of both. */
export async function listAlerts(
  store: Store,
  { state, ...page }: { readonly state?: Alert['state'] | undefined; readonly limit: number; readonly after?: string },
): Promise<{ readonly items: readonly Alert[]; readonly next?: string }> {
  const where = state === undefined ? {} : { where: { state } };
  const found: Page<Alert> = await store.list('alert', {
    ...where,
    ...page,
    orderBy: 'openedAt',
    direction: 'descending',
  });
  const items = found.items.map(({ doc }) => doc);
  return found.next === undefined ? { items } : { items, next: found.next };
}

/** Silences that hold at an instant, the first to end first. */
export async function presentSilences(store: Store, now: Instant): Promise<readonly AlertSilence[]> {
  return all(store, 'alertSilence', { orderBy: 'untilAt', from: now + 1 });
}

/** Until when an alert is kept quiet by the silences that hold; null: it is not. */
export function silencedUntil(alert: Alert, silences: readonly AlertSilence[]): Instant | null {
  const own = silences.filter((silence) => isOf(alert, silence));
  return own.length === 0 ? null : Math.max(...own.map(({ untilAt }) => untilAt));
}

/** Every route, by name. */
export async function listRoutes(store: Store): Promise<readonly AlertRoute[]> {
  return all(store, 'alertRoute', {});
}

async function all<K extends 'alert' | 'alertSilence' | 'alertRoute'>(
  store: Store,
  kind: K,
  query: Omit<Query, 'limit'>,
): Promise<readonly Documents[K][]> {
  const docs: Documents[K][] = [];
  for await (const doc of pages(store, kind, { ...query, limit: PAGE })) docs.push(doc);
  return docs;
}

function isOf({ rule, subject }: Alert, silence: AlertSilence): boolean {
  if (silence.rule !== null && silence.rule !== rule) return false;
  if (silence.subject === null || silence.subject === subject) return true;
  return silence.subject.endsWith('*') && subject.startsWith(silence.subject.slice(0, -1));
}
