// What people may ask of actions: try one again.
import { changeExisting } from '../engine/change-document.ts';
import type { RecordEvent } from '../engine/event-recorder.ts';
import type { ActionState, ActionStatus } from '../model/action.ts';
import { BerthError } from '../model/errors.ts';
import type { Instant } from '../model/instant.ts';
import type { Store } from '../ports/store.ts';

const RETRYABLE: ReadonlySet<ActionState> = new Set(['waiting', 'held', 'failed', 'refused', 'unknown']);

/** Tries an action again, at once and whatever budget and quiet hours say. @throws request.not-found, action.not-retryable */
export async function retryAction(
  { store, recordEvent }: { readonly store: Store; readonly recordEvent: RecordEvent },
  { id, by }: { readonly id: string; readonly by: string },
  now: Instant,
): Promise<ActionStatus> {
  if (!(await store.get('action', id))) throw new BerthError('request.not-found', { what: 'action', id });
  const status = await changeExisting(store, 'actionStatus', id, (before) => {
    if (!RETRYABLE.has(before.state)) throw new BerthError('action.not-retryable', { action: id, state: before.state });
    const reason = `${by} asked for it again.`;
    return { ...before, state: 'waiting', reason, again: { by, at: now }, endedAt: null, nextAt: now };
  });
  const { application, instance, kind } = status;
  const text = `${by} asked for ${id} again.`;
  await recordEvent({
    kind: 'action.retried',
    subject: `action:${id}`,
    application,
    text,
    evidence: { instance, kind },
  });
  return status;
}
