// What a log is asked for: a task, a job, or an instance, which means its latest job.
import { BerthError } from '../model/errors.ts';
import type { Store } from '../ports/store.ts';

/** The task or job that a word means. */
export type LogSubject = { readonly task: string } | { readonly job: string };

/** Finds what a word means. @throws request.not-found */
export async function findLogSubject(store: Store, word: string): Promise<LogSubject> {
  if (await store.get('job', word)) return { job: word };
  if (await store.get('task', word)) return { task: word };
  const instance = (await store.get('instanceName', word))?.doc.instance ?? word;
  const latest = await store.list('job', {
    where: { instance },
    orderBy: 'startsAt',
    direction: 'descending',
    limit: 1,
  });
  const job = latest.items[0]?.doc.id;
  if (job === undefined) throw new BerthError('request.not-found', { what: 'job', id: word });
  return { job };
}
