// Puts together what one process of the platform asks of another, and answers to it.
import { HmacSeals } from '../adapters/http-peers/hmac-seals.ts';
import { HttpPeers, ORDINARY_PEER_TIMES } from '../adapters/http-peers/http-peers.ts';
import type { HeardStore } from '../api/api-parts.ts';
import type { Elsewhere } from '../api/hand-on.ts';
import { PeerServer } from '../api/peer-server.ts';
import type { buildServer } from '../api/server.ts';
import type { Settings } from '../config/settings.ts';
import { shardOf } from '../model/shard.ts';
import type { LiveLogs } from '../nodes/log-live.ts';
import { RemoteTails } from '../nodes/remote-tails.ts';
import type { Cancel, Clock } from '../ports/clock.ts';
import type { LocalComponents } from '../ports/component-host.ts';
import type { Log } from '../ports/log.ts';
import type { Random } from '../ports/random.ts';
import { PeerBook } from './peer-book.ts';
import type { PlatformKeys } from './platform-keys.ts';
import type { ProcessIdentity } from './process-identity.ts';
import type { ProcessShare } from './process-share.ts';

/** The other processes, and this one towards them. */
export interface PeerRoom {
  /** For the API: who answers what this process does not. */
  readonly elsewhere: Elsewhere;
  /** For the API: the logs that grow, wherever they do. */
  readonly tails: RemoteTails;
  /** Begins to answer the other processes; resolves to the address that the component's document tells. */
  listen(api: Awaited<ReturnType<typeof buildServer>>): Promise<string>;
  /** Answers nobody any more, and asks nobody. */
  close(): Promise<void>;
}

/** What the room is built on. */
export interface PeerRoomNeeds {
  readonly foundations: {
    readonly clock: Clock;
    readonly random: Random;
    readonly log: Log;
    readonly store: HeardStore;
    readonly keys: Pick<PlatformKeys, 'peers'>;
    readonly identity: Pick<ProcessIdentity, 'component'>;
    readonly settings: Pick<Settings, 'peerHost' | 'peerPort'>;
  };
  readonly share: Pick<ProcessShare, 'owns'>;
  readonly live: LiveLogs;
  /** Of this machine; null: it has no supervisor. */
  readonly components: LocalComponents | null;
}

/** What others told may be missed: it is read anew so often. */
const LOAD_EVERY_MS = 30_000;

/** Opens the room: it knows the other processes, and answers nobody yet. */
export async function openPeerRoom({ foundations, share, live, components }: PeerRoomNeeds): Promise<PeerRoom> {
  const { clock, random, log, store, keys, identity, settings } = foundations;
  const book = new PeerBook();
  const seals = new HmacSeals({ key: keys.peers, component: identity.component, clock, random });
  const addressOf = (component: string) => book.addressOf(component);
  const peers = new HttpPeers({ clock, seals, addressOf, ...ORDINARY_PEER_TIMES });
  const ownerOf: Elsewhere['ownerOf'] = (role, shard) => {
    if (share.owns(role, shard)) return 'here';
    const component = book.ownerOf(role, shard);
    return component === null || component === identity.component ? null : { component };
  };
  const ownerOfNode = (node: string) => {
    const owner = ownerOf('nodes', shardOf(node));
    return owner === null || owner === 'here' ? null : owner.component;
  };
  const tails = new RemoteTails({ store, peers, clock, log, local: live, ownerOf: ownerOfNode });
  const stopListening = store.onWritten((kind, id, doc) => {
    book.written(kind, id, doc);
    tails.written(kind, id, doc);
  });
  await book.load(store);
  const stopLoading = keepLoading(book, foundations);
  let server: PeerServer | undefined;
  return {
    elsewhere: { peers, ownerOf },
    tails,
    listen: async (api) => {
      await api.ready();
      const answer = api.routing.bind(api);
      server = new PeerServer({ live, store, clock, log, seals, api: answer, components });
      return server.listen({ host: settings.peerHost, port: settings.peerPort });
    },
    close: async () => {
      stopLoading();
      stopListening();
      await server?.close();
      peers.close();
    },
  };
}

function keepLoading(
  book: PeerBook,
  { clock, store, log }: Pick<PeerRoomNeeds['foundations'], 'clock' | 'store' | 'log'>,
): Cancel {
  let isOver = false;
  let cancel = clock.after(LOAD_EVERY_MS, load);
  function load(): void {
    book
      .load(store)
      .catch((error: unknown) => log.warn('The other processes could not be read; they are read again', { error }))
      .finally(() => {
        if (!isOver) cancel = clock.after(LOAD_EVERY_MS, load);
      });
  }
  return () => {
    isOver = true;
    cancel();
  };
}
