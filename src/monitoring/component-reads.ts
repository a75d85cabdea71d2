// What people may see of the processes of the platform.
import { pages } from '../engine/shard-sweep.ts';
import type { Component, ComponentState } from '../model/component.ts';
import type { Store } from '../ports/store.ts';
import { openAlerts } from './alert-reads.ts';
import { LOST_RULE } from './component-alert.ts';

/** A process as it said of itself; `lost`: nothing has come from it for a while. */
export interface PlatformProcess extends Omit<Component, 'state'> {
  readonly state: ComponentState | 'lost';
}

const PAGE = 500;

/** Every process, by name. */
export async function platformProcesses(store: Store): Promise<readonly PlatformProcess[]> {
  const alerts = await openAlerts(store);
  const lost = new Set(alerts.flatMap(({ rule, subject }) => (rule === LOST_RULE ? [subject] : [])));
  const found: PlatformProcess[] = [];
  for await (const doc of pages(store, 'component', { limit: PAGE }))
    found.push(lost.has(`component:${doc.id}`) ? { ...doc, state: 'lost' } : doc);
  return found;
}
