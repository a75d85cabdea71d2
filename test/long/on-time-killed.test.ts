// Containers that wait for their time on real servers begin at it, whether the platform is there or not; test/long/on-time.test.ts does the rest.
import { expect, test } from 'vitest';
import { LEAD_MS, OnTime } from '../reality/on-time/on-time.ts';
import { begunAt } from '../reality/on-time/punctual.ts';

const onTime = new OnTime();

test('a container that came ahead says its first line at its time though the platform was killed before, and nothing is doubled when that is back', async () => {
  const job = await onTime.waiting('alone', 'once');
  expect(await onTime.printed(job)).toBe('');
  await onTime.kill();
  expect(Date.now()).toBeLessThan(job.at);
  expect((await onTime.exited(job, LEAD_MS + 20_000)).ExitCode).toBe(0);
  onTime.expectOnTime(begunAt(await onTime.printed(job)), job);
  await onTime.startAgain();
  const ended = await onTime.story.ended('alone');
  expect([ended.state, ended.startedAt]).toEqual(['succeeded', new Date(job.at).toISOString()]);
  expect(ended.tasks.map(({ runs }) => runs.length)).toEqual([1]);
  expect(await onTime.counts('alone', job)).toEqual([1, 1]);
  onTime.expectOnTime(begunAt(await onTime.story.text(job.id)), job);
}, 360_000);
