// Nodes of a platform, asked for and added on the machine that has its api: over the API, by the request of `berth node add`, with a token that
// whoever may read the settings of that component makes through the database, and that is gone with the command.
import { anyAdministrator } from '../accounts/account-reads.ts';
import { endDocument } from '../accounts/end-document.ts';
import { anyToken, makeToken } from '../accounts/token-requests.ts';
import { AnsweredError, ApiClient } from '../cli/api-client.ts';
import type { Settings } from '../config/settings.ts';
import type { SeenNode } from '../initializer/node-steps.ts';
import { BerthError } from '../model/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';
import { type BesidePlatform, type BesideWhat, besidePlatform } from './beside-platform.ts';

/** A node to be added. */
export interface JoiningNode {
  readonly name: string;
  /** ssh://user@host:port */
  readonly address: string;
  readonly hostKey: string;
}

/** Who it was, in the audit. */
const WHO = 'initializer';
/** How long the token counts, should the command be killed. */
const TOKEN_MS = 300_000;
const READY_WITHIN_MS = 90_000;
const FIRST_TOKEN_WITHIN_MS = 60_000;
const ASK_AGAIN_MS = 250;

/** All nodes, with how they are. */
export function platformNodes(beside: BesideWhat): Promise<readonly SeenNode[]> {
  return asInitializer(beside, async (client) => {
    const { items } = await client.call('listNodes');
    return items.map(({ id: name, state, reason }) => ({ name, state, reason }));
  });
}

/** Adds a node, and waits until it is ready; one of that name that is there already is waited for. @throws AnsweredError, initializer.node-not-ready */
export function joinNode(beside: BesideWhat, { name, address, hostKey }: JoiningNode): Promise<void> {
  return asInitializer(beside, async (client, clock) => {
    await client.call('addNode', { body: { name, address, hostKey } }).catch(unlessThere);
    const deadline = clock.monotonic() + READY_WITHIN_MS;
    for (;;) {
      const { state, reason } = await client.call('showNode', { params: { node: name } });
      if (state === 'ready') return;
      if (clock.monotonic() > deadline)
        throw new BerthError('initializer.node-not-ready', { node: name, state, reason });
      await rest(clock);
    }
  });
}

function unlessThere(error: unknown): void {
  if (!(error instanceof AnsweredError && error.is('node.name-taken'))) throw error;
}

function asInitializer<T>(beside: BesideWhat, work: (client: ApiClient, clock: Clock) => Promise<T>): Promise<T> {
  return besidePlatform(beside, async (platform) => {
    const { store, clock, settings } = platform;
    const { token, doc } = await madeToken(platform);
    try {
      return await work(new ApiClient({ url: urlOf(settings), token }), clock);
    } finally {
      await endDocument(store, 'token', doc.id);
    }
  });
}

async function madeToken({ store, clock, random }: BesidePlatform): Promise<ReturnType<typeof makeToken>> {
  await untilBegun(store, clock);
  const permissions = ['nodes:read', 'nodes:write'];
  const made = makeToken({ clock, random }, { name: WHO, permissions, expiresAt: clock.now() + TOKEN_MS });
  await store.create('token', made.doc);
  return made;
}

/** A platform makes its first token only where there is none: ours must not take its place. */
async function untilBegun(store: Store, clock: Clock): Promise<void> {
  const deadline = clock.monotonic() + FIRST_TOKEN_WITHIN_MS;
  while (!(await anyToken(store)) && !(await anyAdministrator(store, null))) {
    if (clock.monotonic() > deadline) throw new BerthError('initializer.no-first-token');
    await rest(clock);
  }
}

function urlOf({ listenHost, listenPort }: Settings): string {
  const everywhere = listenHost === '0.0.0.0' || listenHost === '::';
  const host = everywhere ? '127.0.0.1' : listenHost;
  return `http://${host.includes(':') ? `[${host}]` : host}:${listenPort}`;
}

function rest(clock: Clock): Promise<void> {
  return new Promise((resolve) => void clock.after(ASK_AGAIN_MS, resolve));
}
