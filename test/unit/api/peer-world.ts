// Several processes of one platform in one test process: each with its own API, its own logs that grow and its own peer address, over one store.
import { onTestFinished } from 'vitest';
import { HmacSeals } from '../../../src/adapters/http-peers/hmac-seals.ts';
import { HttpPeers, ORDINARY_PEER_TIMES } from '../../../src/adapters/http-peers/http-peers.ts';
import type { Elsewhere } from '../../../src/api/hand-on.ts';
import { PeerServer } from '../../../src/api/peer-server.ts';
import { buildServer, serve } from '../../../src/api/server.ts';
import { InstallationReads } from '../../../src/images/installation-reads.ts';
import { LiveLogs } from '../../../src/nodes/log-live.ts';
import { RemoteTails } from '../../../src/nodes/remote-tails.ts';
import { type ApiWorld, openApi } from './api-world.ts';

/** One process that others ask. */
export interface PeerProcess {
  readonly address: string;
  readonly live: LiveLogs;
  readonly installations: InstallationReads;
  /** It dies: every connection is cut, and nothing is written any more. */
  die(): Promise<void>;
}

/** A platform of a process that people reach, and others behind it. */
export interface PeerWorld extends ApiWorld {
  /** Address of the API of the process that people reach, which looks after nothing. */
  readonly url: string;
  /** Who looks after everything; null: nobody. */
  owner: string | null;
  /** Starts a process; another of the same name takes its place. */
  start(component: string): Promise<PeerProcess>;
}

const KEY = Buffer.alloc(32, 9);

/** Everything ends with the test. */
export async function openPeerWorld(over: Parameters<typeof openApi>[0] = {}): Promise<PeerWorld> {
  const world = await openApi(over);
  const { clock, random, store, log } = world.parts;
  const addresses = new Map<string, string>();
  const seals = (component: string) => new HmacSeals({ key: KEY, component, clock, random });
  const peersOf = (component: string) => {
    const addressOf = (other: string) => addresses.get(other) ?? null;
    const peers = new HttpPeers({ clock, seals: seals(component), addressOf, ...ORDINARY_PEER_TIMES });
    onTestFinished(() => peers.close());
    return peers;
  };
  const ownerOf = (asking: string) => (): ReturnType<Elsewhere['ownerOf']> => {
    if (opened.owner === asking) return 'here';
    return opened.owner === null ? null : { component: opened.owner };
  };
  const start = async (component: string): Promise<PeerProcess> => {
    const live = new LiveLogs();
    const installations = new InstallationReads(store, world.parts.blobs);
    const elsewhere = { peers: peersOf(component), ownerOf: ownerOf(component) };
    const api = await buildServer({ ...world.parts, liveLogs: live, installations, elsewhere });
    await api.ready();
    const server = new PeerServer({
      live,
      store,
      clock,
      log,
      seals: seals(component),
      api: api.routing.bind(api),
      components: null,
    });
    const address = await server.listen({ host: '127.0.0.1', port: 0 });
    addresses.set(component, address);
    let isDead = false;
    const die = async () => {
      if (isDead) return;
      isDead = true;
      await server.close();
      for (const { task } of live.all()) live.release(task);
      await api.close();
    };
    onTestFinished(die);
    return { address, live, installations, die };
  };
  const peers = peersOf('front');
  const tails = new RemoteTails({ store, peers, clock, log, local: new LiveLogs(), ownerOf: () => opened.owner });
  store.onWritten((kind, id, doc) => tails.written(kind, id, doc));
  const elsewhere = { peers, ownerOf: ownerOf('front') };
  const front = await buildServer({ ...world.parts, liveLogs: tails, elsewhere });
  onTestFinished(() => front.close());
  const url = await serve(front, { host: '127.0.0.1', port: 0 });
  const opened: PeerWorld = { ...world, server: front, url, owner: null, start };
  return opened;
}
