// A job that names secrets is placed when all of them are there. Pure.
import type { JobSnapshot } from './job-snapshot.ts';

/** Whether a job is held back for secrets: its empty slots are filled once they are set. */
export function lacksSecrets({ missingSecrets }: Pick<JobSnapshot, 'missingSecrets'>): boolean {
  return missingSecrets.length > 0;
}

/** Why, and what to do about it, in words that follow its state. */
export function secretsInWords({ job, missingSecrets }: Pick<JobSnapshot, 'job' | 'missingSecrets'>): string {
  const [first = ''] = missingSecrets;
  const what = missingSecrets.length === 1 ? `the secret ${first}` : `the secrets ${missingSecrets.join(', ')}`;
  return `waits for ${what} of ${job.application}; 'berth secret set ${first} --application ${job.application}' keeps it`;
}
