// How long shards have no process after theirs was killed, or was asked to end, until another looks after all of them.

import { MysqlStore } from '../../src/adapters/mysql-store/mysql-store.ts';
import { SystemClock } from '../../src/adapters/system-clock/system-clock.ts';
import { SystemRandom } from '../../src/adapters/system-random/system-random.ts';
import { SHARDS } from '../../src/model/shard.ts';
import type { Store } from '../../src/ports/store.ts';
import { SpreadSite } from '../../test/reality/roles/spread-site.ts';
import { until } from '../../test/world/until.ts';
import { below, type Measure, type Part, type PartContext } from '../measure.ts';
import { shardOwners } from '../shard-owners.ts';
import { silentLog } from '../silent-log.ts';

const MOST_S = 10;
const WITHIN_MS = 60_000;
const SHARED = ['scheduler', 'deployment', 'servers', 'nodes', 'sensors'] as const;
const PAIR = ['left', 'right'] as const;

/** A killed process's keys are served elsewhere in under 10 s. */
export const takeoverPart: Part = {
  name: 'takeover',
  run: async (context) => {
    const site = new SpreadSite({ front: ['api', 'monitoring'], left: SHARED, right: SHARED });
    await site.begin(0).catch(async (error: unknown) => {
      await site.end();
      throw error;
    });
    const store = await openStore(site);
    try {
      return await measures(site, store, context);
    } finally {
      await store.close();
      await site.end();
    }
  },
};

type End = 'kill' | 'stop';

async function measures(site: SpreadSite, store: Store, { rounds, say }: PartContext): Promise<Measure[]> {
  const seconds: Readonly<Record<End, number[]>> = { kill: [], stop: [] };
  for (let round = 1; round <= rounds; round++) {
    for (const end of ['kill', 'stop'] as const) seconds[end].push(await takenOver(site, store, round, end));
    say(`${round}/${rounds}: killed ${seconds.kill.at(-1)?.toFixed(1)} s, ended ${seconds.stop.at(-1)?.toFixed(1)} s`);
  }
  const name = `two processes share ${SHARED.length} roles`;
  const how = `until all ${SHARDS} shards of every role have the other as their owner in the database`;
  const killed = { name: `${name}, one is killed`, unit: 's', samples: seconds.kill, note: how } as const;
  const ended = { name: `${name}, one is asked to end`, unit: 's', samples: seconds.stop } as const;
  return [below(killed, MOST_S), below(ended, MOST_S)];
}

/** In turns, so that neither is always the one that was there first. */
async function takenOver(site: SpreadSite, store: Store, round: number, end: End): Promise<number> {
  await until('both to have shards of every role', WITHIN_MS, () => isShared(store));
  const [ends = '', stays = ''] = round % 2 === 0 ? PAIR : PAIR.toReversed();
  const startedAt = performance.now();
  const ended = site.process(ends)[end]();
  const isElsewhere = async () => {
    const owners = await shardOwners(store, SHARED);
    return SHARED.every((role) => owners.get(role)?.get(stays) === SHARDS) || undefined;
  };
  await until(`${stays} to have every shard`, WITHIN_MS, isElsewhere);
  const seconds = (performance.now() - startedAt) / 1000;
  await ended;
  await site.process(ends).start();
  return seconds;
}

async function isShared(store: Store): Promise<true | undefined> {
  const owners = await shardOwners(store, SHARED);
  const isShare = (role: string) => {
    const counts = PAIR.map((name) => owners.get(role)?.get(name) ?? 0);
    return counts.every((count) => count > 0) && counts.reduce((sum, count) => sum + count) === SHARDS;
  };
  return SHARED.every(isShare) || undefined;
}

function openStore({ mariadb, database }: SpreadSite): Promise<MysqlStore> {
  const around = { clock: new SystemClock(), random: new SystemRandom(), log: silentLog };
  return MysqlStore.open({ url: mariadb.url(database), ...around });
}
