// What the processes of a platform hold in memory while little happens: one of each role with the servers under them, and everything in one.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ROLES } from '../../src/model/role.ts';
import { RoleProcess } from '../../test/reality/roles/role-process.ts';
import { SpreadSite } from '../../test/reality/roles/spread-site.ts';
import { pushProbe } from '../../test/reality/spine/probe.ts';
import { Story } from '../../test/reality/spine/story.ts';
import { below, type Measure, type Part, type PartContext, told } from '../measure.ts';
import { type ProcessUse, processUse } from '../platform-process.ts';
import { median } from '../statistics.ts';

const SETTLE_MS = 30_000;
const BETWEEN_MS = 3000;
const INSTANCES = 5;
const NEVER = '2099-01-01T00:00:00Z';
/** Of the machines that the platform is to fit on. */
const SMALL_MB = 2048;
const LARGE_MB = 4096;
const SERVERS = { 'kafka.Kafka': 'Kafka', mariadbd: 'MariaDB' } as const;

/** Resident memory by role; everything embedded below 2 GB, one of each with Kafka and MariaDB below 4 GB. */
export const roleMemoryPart: Part = { name: 'role-memory', run: measures };

type Uses = ReadonlyMap<string, readonly ProcessUse[]>;

async function measures(context: PartContext): Promise<Measure[]> {
  return [...embedded(await embeddedUses(context)), ...spread(await spreadUses(context))];
}

function embedded(uses: Uses): Measure[] {
  return [...uses].map(([name, of]) =>
    below({ name: `${name}: resident`, unit: 'MB', samples: of.map(resident), note: inWords(of) }, SMALL_MB),
  );
}

function spread(uses: Uses): Measure[] {
  const each = [...uses].map(([name, of]) =>
    told({ name: `spread, ${name}: resident`, unit: 'MB', samples: of.map(resident), note: inWords(of) }),
  );
  const all = [...uses.values()];
  const samples = (all[0] ?? []).map((_, round) =>
    all.reduce((sum, of) => sum + megabytes(of[round]?.residentBytes ?? Number.NaN), 0),
  );
  const note = 'pages of files that they share, 50 to 60 MB of each process of Berth, are counted for each';
  const name = 'spread, one process of each role, Kafka and MariaDB on one machine: resident';
  return [...each, below({ name, unit: 'MB', samples, note }, LARGE_MB)];
}

async function embeddedUses(context: PartContext): Promise<Uses> {
  const all = new RoleProcess('everything-embedded', { BERTH_BLOBS: 'files' });
  try {
    await all.start();
    const story = new Story(all.client(await all.token()));
    await pushProbe(story.client, '1');
    await instancesOf(story);
    return await usesOf(await pidsOf([all]), context);
  } finally {
    await all.remove();
  }
}

async function spreadUses(context: PartContext): Promise<Uses> {
  const site = new SpreadSite(Object.fromEntries(ROLES.map((role) => [role, [role]])));
  try {
    await site.begin(0);
    await instancesOf(site.story);
    return await usesOf(new Map([...(await pidsOf(site.processes)), ...(await serverPids())]), context);
  } finally {
    await site.end();
  }
}

/** None of them ever runs. */
async function instancesOf({ client }: Story): Promise<void> {
  for (let number = 1; number <= INSTANCES; number++) {
    const body = { name: `idle-${number}`, application: 'probe', algorithm: 'ticker' };
    await client.call('createInstance', { body: { ...body, schedule: { kind: 'once', at: NEVER } } });
  }
}

async function usesOf(pids: ReadonlyMap<string, number>, { rounds, say }: PartContext): Promise<Uses> {
  say(`${[...pids.keys()].join(', ')} run; waiting until all is quiet`);
  await pause(SETTLE_MS);
  const uses = new Map<string, ProcessUse[]>([...pids.keys()].map((name) => [name, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const [name, pid] of pids) uses.get(name)?.push(await processUse(pid));
    await pause(BETWEEN_MS);
  }
  for (const [name, of] of uses) say(`${name}: ${median(of.map(resident)).toFixed(0)} MB`);
  return uses;
}

async function pidsOf(processes: readonly RoleProcess[]): Promise<ReadonlyMap<string, number>> {
  const pids = processes.map(async ({ name, directory }): Promise<[string, number]> => {
    return [name, Number.parseInt(await readFile(join(directory, 'data', 'berth.pid'), 'utf8'), 10)];
  });
  return new Map(await Promise.all(pids));
}

/** They are children of the bench itself. */
async function serverPids(): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  for (const task of await readdir('/proc/self/task')) {
    const children = await readFile(`/proc/self/task/${task}/children`, 'utf8');
    for (const pid of children
      .split(' ')
      .filter((each) => each !== '')
      .map(Number)) {
      const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
      const known = Object.entries(SERVERS).find(([word]) => words.includes(word));
      if (known) found.set(known[1], pid);
    }
  }
  if (found.size < Object.keys(SERVERS).length) throw new Error('the servers are not children of the bench');
  return found;
}

function inWords(uses: readonly ProcessUse[]): string {
  const own = median(uses.map(({ ownBytes }) => megabytes(ownBytes)));
  return `${own.toFixed(0)} MB of it its own, the rest pages of files`;
}

function resident({ residentBytes }: ProcessUse): number {
  return megabytes(residentBytes);
}

function megabytes(bytes: number): number {
  return bytes / 2 ** 20;
}
