// Whether every occurrence of an instance became one job, or is recorded with the reason why it did not.
import { expect } from 'vitest';
import type { Story } from '../spine/story.ts';

/** As a job's id tells it: one that waited in a queue starts later. */
function occurrenceOf(job: string): number {
  const [, year, month, day, hour, minute, second, millis = '000'] =
    /\.o(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})?Z$/.exec(job) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${millis}Z`);
}

/** A schedule with equal intervals, between two instants. */
export interface Expected {
  readonly instance: string;
  readonly firstAt: number;
  readonly everyMs: number;
  /** Exclusive. */
  readonly untilAt: number;
}

/** Fails when an occurrence has no job and no gap that tells of it, or more than one job. */
export async function expectOccurrences(story: Story, expected: Expected): Promise<{ jobs: number; gaps: number }> {
  const { instance, firstAt, everyMs, untilAt } = expected;
  const jobs = await story.jobs(instance);
  const due = jobs.map(({ id }) => occurrenceOf(id));
  expect(due.length, `jobs of ${instance} for one occurrence each`).toBe(new Set(due).size);
  const { items: gaps } = await story.client.call('listGaps', { params: { instance }, query: { limit: 1000 } });
  const missing: string[] = [];
  for (let at = firstAt; at < untilAt; at += everyMs) {
    const isTold = gaps.some(({ from, to, reason }) => reason !== '' && Date.parse(from) <= at && at <= Date.parse(to));
    if (!due.includes(at) && !isTold) missing.push(new Date(at).toISOString());
  }
  expect(missing, `occurrences of ${instance} of which nothing is known; gaps: ${JSON.stringify(gaps)}`).toEqual([]);
  return { jobs: due.length, gaps: gaps.length };
}
