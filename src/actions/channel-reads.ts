// The ways by which actions leave the platform, as they were described.
import { pages } from '../engine/shard-sweep.ts';
import type { ActionChannel } from '../model/action.ts';
import { BerthError } from '../model/errors.ts';
import type { Store } from '../ports/store.ts';

/** All channels. */
export function listChannels(store: Store): Promise<readonly ActionChannel[]> {
  return Array.fromAsync(pages(store, 'actionChannel', { limit: 100 }));
}

/** One channel. @throws request.not-found */
export async function showChannel(store: Store, id: string): Promise<ActionChannel> {
  const stored = await store.get('actionChannel', id);
  if (!stored) throw new BerthError('request.not-found', { what: 'channel', id });
  return stored.doc;
}
