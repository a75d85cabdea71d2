import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { SqliteStore } from '../../../src/adapters/sqlite-store/sqlite-store.ts';
import { SystemClock } from '../../../src/adapters/system-clock/system-clock.ts';
import { forgetJob } from '../../../src/deployment/forget-job.ts';
import { readPastJob } from '../../../src/deployment/past-job-reads.ts';
import { aJob } from '../../builders/jobs.ts';
import { aBinding } from '../../builders/sensors.ts';
import { silentLog as log } from '../../contracts/silent-log.ts';
import { temporaryDirectory } from '../../contracts/temporary-directory.ts';

test('which sensors a job had is forgotten with the job', async () => {
  const path = join(await temporaryDirectory(), 'berth.sqlite');
  const store = SqliteStore.open({ path, clock: new SystemClock(), log });
  onTestFinished(() => store.close());
  const job = aJob({ open: 0 });
  await store.create('job', job);
  await store.create('jobBinding', aBinding(job.id));
  expect(await forgetJob(store, await readPastJob(store, job))).toBe(true);
  expect([await store.count('job', {}), await store.count('jobBinding', {})]).toEqual([0, 0]);
});
