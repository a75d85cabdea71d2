// Opens and closes alerts, and records that as events.
import { changeDocument } from '../engine/change-document.ts';
import type { RecordEvent } from '../engine/event-recorder.ts';
import type { Alert } from '../model/alert.ts';
import type { Instant } from '../model/instant.ts';
import type { Store } from '../ports/store.ts';
import { type AlertFinding, alertId } from './alert-finding.ts';

/** What the book is kept with. */
export interface AlertBook {
  readonly store: Store;
  readonly recordEvent: RecordEvent;
}

/** Opens an alert, unless it is open. One that comes back before people were told of its end goes on as the same. */
export async function openAlert({ store, recordEvent }: AlertBook, finding: AlertFinding, now: Instant): Promise<void> {
  let isNew = false;
  const id = alertId(finding);
  await changeDocument(store, 'alert', id, (before) => {
    isNew = before?.state !== 'open';
    if (before?.state === 'open') return before;
    const goesOn = before?.toldState === 'open';
    const told = goesOn ? { toldAt: before.toldAt, toldState: before.toldState } : { toldAt: null, toldState: null };
    return { id, ...finding, state: 'open', openedAt: goesOn ? before.openedAt : now, closedAt: null, ...told };
  });
  if (isNew) await recordEvent(eventOf('alert.opened', finding, finding.text));
}

/** Closes an alert, if it is open. */
export async function closeAlert({ store, recordEvent }: AlertBook, id: string, now: Instant): Promise<void> {
  const stored = await store.get('alert', id);
  if (stored?.doc.state !== 'open') return;
  const closed = await changeDocument(store, 'alert', id, (before) => {
    const present: Alert = before ?? stored.doc;
    return present.state === 'open' ? { ...present, state: 'closed', closedAt: now } : present;
  });
  await recordEvent(eventOf('alert.closed', closed, `It is over: ${closed.text}`));
}

function eventOf(kind: string, { subject, rule, severity }: AlertFinding, text: string) {
  return { kind, subject, text, evidence: { rule, severity } };
}
