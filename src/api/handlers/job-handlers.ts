// Routes of jobs and their output.
import { listJobPage } from '../../deployment/job-list-reads.ts';
import { showJob } from '../../deployment/job-reads.ts';
import { requestStop } from '../../deployment/job-requests.ts';
import { BerthError } from '../../model/errors.ts';
import { listOutputs, openOutput } from '../../nodes/output-reads.ts';
import { requestRerun } from '../../scheduler/run-requests.ts';
import type { ApiParts } from '../api-parts.ts';
import type { Asked, Bytes, Handlers } from '../handler.ts';
import { paged, pageRequest } from '../paging.ts';
import { findSeenInstance } from '../seen-instance.ts';
import { sinceTime } from '../since-time.ts';
import { jobDetailView, jobView, outputView } from '../views/job-views.ts';

type JobRoute = 'listJobs' | 'showJob' | 'stopJob' | 'rerunJob' | 'listOutputs' | 'openOutput';

/** Handlers of jobs and their output. */
export function jobHandlers(parts: ApiParts): Pick<Handlers, JobRoute> {
  const { store } = parts;
  return {
    listJobs: (asked) => list(parts, asked),
    showJob: async ({ params }) => jobDetailView(await showJob(store, params.job)),
    stopJob: async ({ params, body, caller }) => {
      const reason = body.reason === '' ? `stopped by ${caller.name}` : `stopped by ${caller.name}: ${body.reason}`;
      const grace = body.graceMs === undefined ? {} : { graceMs: body.graceMs };
      await requestStop(parts, { job: params.job, by: caller.name, reason, ...grace });
      return jobView(await showJob(store, params.job));
    },
    rerunJob: async ({ params, caller, idempotencyKey: key }) => {
      const job = await requestRerun(parts, params.job, { by: caller.name, key }, parts.clock.now());
      return jobView({ job, status: null });
    },
    listOutputs: async ({ params, query }) => {
      await findJob(parts, params.job);
      const slot = query.slot === undefined ? {} : { slot: query.slot };
      const page = await listOutputs(store, {
        job: params.job,
        direction: query.order === 'newest' ? 'descending' : 'ascending',
        ...slot,
        ...pageRequest(query),
      });
      return paged(page, ({ doc }) => outputView(doc));
    },
    openOutput: ({ params }) => open(parts, `${params.task}/${params.record}`),
  };
}

async function findJob({ store }: ApiParts, id: string): Promise<void> {
  if (!(await store.get('job', id))) throw new BerthError('request.not-found', { what: 'job', id });
}

async function list({ store, clock }: ApiParts, { query, access }: Asked<'listJobs'>) {
  const { application, open, state, since } = query;
  const page = await listJobPage(store, {
    ...(query.instance === undefined ? {} : { instance: (await findSeenInstance(store, query.instance, access)).id }),
    ...(application === undefined ? {} : { application }),
    ...(open === undefined ? {} : { open: open === 'true' }),
    ...(state === undefined ? {} : { states: state }),
    ...(since === undefined ? {} : { sinceAt: sinceTime(since, clock.now()) }),
    ...pageRequest(query),
    isSeen: access.sees,
  });
  return paged(page, jobView);
}

async function open({ store, blobs }: ApiParts, id: string): Promise<Bytes> {
  const { output, contents } = await openOutput({ store, blobs }, id);
  return { contentType: output.contentType, contents, fileName: output.name, sizeBytes: output.sizeBytes };
}
