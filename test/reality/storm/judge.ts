// Whether all is quiet and right after a storm.
import { expect } from 'vitest';
import { ROLES } from '../../../src/model/role.ts';
import type { Server } from '../../world/server.ts';
import { until } from '../../world/until.ts';
import { type Expected, expectOccurrences } from '../roles/expect-occurrences.ts';
import type { Story } from '../spine/story.ts';

const SHARDS = 64;

/** All jobs of an instance end, and every occurrence that was due became one of them or is told of. */
export async function expectQuiet(story: Story, expected: Expected): Promise<void> {
  const { instance, firstAt, everyMs, untilAt } = expected;
  await until(`all jobs of ${instance} to be over`, 240_000, async () => {
    const open = (await story.jobs(instance)).filter(({ endedAt }) => endedAt === null);
    if (open.length === 0) return true;
    throw new Error(open.map(({ id, state, reason }) => `${id} ${state}: ${reason}`).join('; '));
  });
  const told = await expectOccurrences(story, expected);
  const due = Math.ceil((untilAt - firstAt) / everyMs);
  process.stdout.write(`${instance}: ${told.jobs} jobs, ${told.gaps} gaps of ${due} occurrences\n`);
  expect(told.jobs).toBeGreaterThan(0);
}

/** No container runs that nobody wants, wherever it is. */
export async function expectNothingLeft(servers: readonly Server[]): Promise<void> {
  await until('no container of a job to run', 120_000, async () => {
    const filters = { label: ['berth.job'] };
    const running = await Promise.all(servers.map(({ docker }) => docker.listContainers({ filters })));
    const names = running.flat().flatMap(({ Names }) => Names);
    if (names.length === 0) return true;
    throw new Error(names.join(', '));
  });
}

/** So many processes run, each shard of each role has one owner, and nothing waits in them. */
export async function expectWhole(story: Story, processes: number): Promise<void> {
  await until(`${processes} processes that look after everything`, 120_000, async () => {
    const { items } = await story.client.call('listProcesses', {});
    const owned = ROLES.map((role) => items.reduce((sum, { shards }) => sum + (shards[role] ?? 0), 0));
    const isWhole = items.length === processes && items.every(({ state }) => state === 'running');
    if (isWhole && owned.every((count) => count === SHARDS) && items.every(({ backlog }) => backlog === 0)) return true;
    const each = items.map(({ id, state, backlog, sentence }) => `${id} ${state}, ${backlog} wait: ${sentence}`);
    throw new Error(`${each.join('; ')}; shards: ${ROLES.map((role, index) => `${role} ${owned[index]}`).join(', ')}`);
  });
}
