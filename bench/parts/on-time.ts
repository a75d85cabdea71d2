// Containers that are due at the same instant: from that instant to each algorithm's first line.
import { STAMP_SCRIPT } from '../application.ts';
import { dockerRunMs } from '../docker-run.ts';
import { figure, type Measure, type Part, type PartContext } from '../measure.ts';
import { APPLICATION, Site } from '../site.ts';
import { wallNow } from '../wall-clock.ts';

const COPIES = 20;
const MOST_MS = 50;
/** Time for twenty containers to be made and started before they are due. */
const LEAD_MS = 30_000;
/** All of them fit on this machine's node, each with a whole CPU while it begins. */
const ROOM = { BERTH_CPU_OVERCOMMIT: '32' };

/** Scheduled instant to first line, beside a plain `docker run` that is asked for at that instant. */
export const onTimePart: Part = { name: 'on-time', run: measures };

async function measures({ rounds, say }: PartContext): Promise<Measure[]> {
  const site = await Site.open('local', ROOM);
  try {
    await site.instance('warm', 'stamp');
    const warm = await site.run('warm');
    await site.over(warm.job);
    const p99s: number[] = [];
    const medians: number[] = [];
    const floor: number[] = [];
    for (let round = 1; round <= rounds; round++) {
      const late = await lateness(site, `due-${round}`);
      p99s.push(nearestRank(late, 0.99));
      medians.push(nearestRank(late, 0.5));
      const again = await site.run('warm');
      await site.over(again.job);
      floor.push(await dockerRunMs({ docker: site.docker, like: again.task, script: STAMP_SCRIPT }));
      say(
        `${round}/${rounds}: median ${medians.at(-1)?.toFixed(1)} ms, p99 ${p99s.at(-1)?.toFixed(1)} ms after their time`,
      );
    }
    const name = `${COPIES} containers due at the same instant: instant to first line`;
    const beside = { unit: 'ms', floor: figure(floor), floorName: 'one docker run at the instant' } as const;
    const [p99, median] = [figure(p99s), figure(medians)];
    const goal = { words: `< ${MOST_MS} ms, never before`, met: p99.value < MOST_MS };
    const note = 'the algorithm is ready and begins at its time; guaranteed too when the platform is gone by then';
    return [
      { name: `${name}, p99`, ours: p99, ...beside, goal, note },
      { name: `${name}, median`, ours: median, ...beside, goal: null, note: '' },
    ];
  } finally {
    await site.close();
  }
}

/** How late each copy printed its first line, ascending. @throws when one was early, or is missing */
async function lateness(site: Site, name: string): Promise<readonly number[]> {
  const at = Math.ceil(wallNow()) + LEAD_MS;
  const schedule = { kind: 'once', at: new Date(at).toISOString() };
  const over = { copies: COPIES, lead: `${LEAD_MS}ms`, resources: { memoryMiB: 32 } };
  const body = { name, application: APPLICATION, algorithm: 'stamp', schedule, ...over };
  await site.story.client.call('createInstance', { body });
  const { id } = await site.story.ended(name);
  const lines = (await site.story.text(id)).split('\n').filter((line) => line !== '');
  const late = lines.map((line) => Number(BigInt(line) - BigInt(at) * 1_000_000n) / 1e6).toSorted((a, b) => a - b);
  if (late.length !== COPIES) throw new Error(`${late.length} of ${COPIES} copies have printed a line`);
  if ((late[0] ?? 0) < 0) throw new Error(`a copy began ${late[0]} ms before its time`);
  return late;
}

function nearestRank(ascending: readonly number[], share: number): number {
  return ascending[Math.max(0, Math.ceil(ascending.length * share) - 1)] ?? Number.NaN;
}
