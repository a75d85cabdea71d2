// A platform of one process for each role, each with an account that reaches what its role needs and nothing else.
import { expect, test } from 'vitest';
import { ROLES } from '../../src/model/role.ts';
import { spreadSite } from '../reality/roles/spread-site.ts';
import { QUICK } from '../reality/spine/story.ts';
import { until } from '../world/until.ts';

// The first makes the database's tables.
const apart = ['api', ...ROLES.filter((role) => role !== 'api')];
const site = spreadSite(Object.fromEntries(apart.map((role) => [`only-${role}`, [role]])), 1);

test('each role does its part of a job that is due, with no right that it lacks', async () => {
  await until('every process to own all shards of its role', 30_000, async () => {
    const { items } = await site.story.client.call('listProcesses', {});
    return apart.every((role) => items.some(({ shards }) => shards[role] === 64)) || undefined;
  });
  const start = new Date(Date.now() + 5000).toISOString();
  const place = { labels: { fleet: 'yes' } };
  await site.story.create('results', 'results', { place, restart: QUICK, schedule: { kind: 'once', at: start } });
  const job = await site.story.ended('results');
  expect(job.state).toBe('succeeded');
  expect(await site.story.json(job.id, 'context')).toMatchObject({ slot: 0, copies: 1 });
  for (const each of site.processes) {
    expect(each.isRunning, each.name).toBe(true);
    expect((await each.log()).match(/.*denied.*/)?.[0], each.name).toBeUndefined();
  }
}, 360_000);
