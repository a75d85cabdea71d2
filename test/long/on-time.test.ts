// More of containers that wait for their time on real servers: with the platform there all the time, back before, asked to stop, and late.
import { expect, test } from 'vitest';
import { LEAD_MS, OnTime } from '../reality/on-time/on-time.ts';
import { begunAt } from '../reality/on-time/punctual.ts';
import { until } from '../world/until.ts';

const END_LATE_MS = 5000;

const onTime = new OnTime();

test('a container that came ahead says its first line at its time', async () => {
  const job = await onTime.waiting('ahead', 'once');
  expect(await onTime.printed(job)).toBe('');
  const ended = await onTime.story.ended('ahead');
  expect([ended.state, ended.startedAt]).toEqual(['succeeded', new Date(job.at).toISOString()]);
  onTime.expectOnTime(begunAt(await onTime.story.text(job.id)), job);
  expect(ended.tasks.map(({ runs }) => runs.length)).toEqual([1]);
  onTime.expectOnTime(
    ended.tasks.flatMap(({ runs }) => runs.map(({ startedAt }) => Date.parse(startedAt))),
    job,
  );
}, 270_000);

test('it does so though the platform was killed and came back before', async () => {
  const job = await onTime.waiting('back', 'once');
  await onTime.kill();
  await onTime.startAgain();
  await onTime.story.ended('back');
  onTime.expectOnTime(begunAt(await onTime.story.text(job.id)), job);
  expect(await onTime.counts('back', job)).toEqual([1, 1]);
}, 360_000);

test('stopped before its time, it goes at once and nothing has run', async () => {
  const job = await onTime.waiting('stopped', 'once');
  await onTime.story.stop(job.id);
  await onTime.exited(job, LEAD_MS);
  expect(Date.now()).toBeLessThan(job.at);
  const ended = await onTime.story.ended('stopped');
  expect([ended.state, ended.startedAt, ended.tasks.map(({ runs }) => runs)]).toEqual(['stopped', null, [[]]]);
  expect([await onTime.printed(job), await onTime.story.text(job.id)]).toEqual(['', '']);
}, 270_000);

test('it is killed at its end, counted from its time, while the platform is down, and is told when that is back', async () => {
  const job = await onTime.waiting('ends', 'stays', { duration: '3s' });
  await onTime.kill();
  const { ExitCode, FinishedAt } = await onTime.exited(job, LEAD_MS + 30_000);
  expect(ExitCode).toBe(201);
  const endsAt = job.at + 3000;
  expect(Date.parse(FinishedAt)).toBeGreaterThanOrEqual(endsAt);
  expect(Date.parse(FinishedAt)).toBeLessThan(endsAt + END_LATE_MS);
  await until('the platform to be late', 30_000, () => (Date.now() > endsAt + 8000 ? true : undefined));
  await onTime.startAgain();
  const ended = await onTime.story.ended('ends');
  expect([ended.state, ended.tasks.map(({ exitCode }) => exitCode)]).toEqual(['stopped', [201]]);
  onTime.expectOnTime(begunAt(await onTime.story.text(job.id)), job);
  expect(await onTime.counts('ends', job)).toEqual([1, 1]);
}, 360_000);
