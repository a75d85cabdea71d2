// Tokens, as their owners and administrators see them.
import { pages } from '../engine/shard-sweep.ts';
import type { Token } from '../model/account.ts';
import type { Page, Store } from '../ports/store.ts';

/** All tokens of a person, oldest first. */
export function tokensOf(store: Store, user: string): Promise<readonly Token[]> {
  return Array.fromAsync(pages(store, 'token', { where: { user }, orderBy: 'createdAt', limit: 100 }));
}

/** A page of all tokens, oldest first. */
export function listTokens(
  store: Store,
  page: { readonly limit: number; readonly after?: string },
): Promise<Page<Token>> {
  return store.list('token', { orderBy: 'createdAt', ...page });
}
