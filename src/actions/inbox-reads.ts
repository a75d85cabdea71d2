// Notices in the inboxes of users.
import type { InboxNotice } from '../model/action.ts';
import { BerthError } from '../model/errors.ts';
import type { Page, Store } from '../ports/store.ts';

/** A page of one user's notices, newest first. @throws request.not-found */
export async function listInbox(
  store: Store,
  user: string,
  { limit, after }: { readonly limit: number; readonly after?: string },
): Promise<Page<InboxNotice>> {
  if (!(await store.get('user', user))) throw new BerthError('request.not-found', { what: 'user', id: user });
  const query = { where: { user }, orderBy: 'at', direction: 'descending', limit } as const;
  return store.list('inboxNotice', after === undefined ? query : { ...query, after });
}
