// What users do with their notices.
import { changeDocument } from '../engine/change-document.ts';
import { pages } from '../engine/shard-sweep.ts';
import type { InboxNotice } from '../model/action.ts';
import { BerthError } from '../model/errors.ts';
import type { Instant } from '../model/instant.ts';
import type { Store } from '../ports/store.ts';

const PAGE = 500;

/** Marks one notice as read; one that was read stays as it was. @throws request.not-found */
export function markRead(store: Store, user: string, action: string, now: Instant): Promise<InboxNotice> {
  const id = `${user}/${action}`;
  return changeDocument(store, 'inboxNotice', id, (before) => {
    if (!before) throw new BerthError('request.not-found', { what: 'notice', id });
    return before.readAt === null ? { ...before, readAt: now } : before;
  });
}

/** Marks everything in an inbox as read, and gives how many were not. @throws request.not-found */
export async function markAllRead(store: Store, user: string, now: Instant): Promise<number> {
  if (!(await store.get('user', user))) throw new BerthError('request.not-found', { what: 'user', id: user });
  let count = 0;
  for await (const { id, readAt } of pages(store, 'inboxNotice', { where: { user }, orderBy: 'at', limit: PAGE })) {
    if (readAt !== null) continue;
    await markRead(store, user, id.slice(user.length + 1), now);
    count++;
  }
  return count;
}
