// Routes of jobs and their output.
import { findInstance } from '../../applications/instance-reads.ts';
import { type JobListQuery, listJobs, showJob } from '../../deployment/job-reads.ts';
import { requestStop } from '../../deployment/job-requests.ts';
import { BerthError } from '../../model/errors.ts';
import type { Job } from '../../model/job.ts';
import { listOutputs, openOutput } from '../../nodes/output-reads.ts';
import { requestRerun } from '../../scheduler/run-requests.ts';
import type { ApiParts } from '../api-parts.ts';
import type { Asked, Bytes, Handlers } from '../handler.ts';
import { filteredPage, paged, pageRequest } from '../paging.ts';
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
    rerunJob: async ({ params, caller }) => {
      const job = await requestRerun(parts, params.job, caller.name, parts.clock.now());
      return jobView({ job, status: null });
    },
    listOutputs: async ({ params, query }) => {
      await findJob(parts, params.job);
      const slot = query.slot === undefined ? {} : { slot: query.slot };
      const page = await listOutputs(store, {
        job: params.job,
        direction: 'ascending',
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

/** The store lists by one of the three; the others are looked at here. */
async function list({ store }: ApiParts, { query }: Asked<'listJobs'>) {
  const instance = query.instance === undefined ? {} : { instance: (await findInstance(store, query.instance)).id };
  const application = query.application === undefined ? {} : { application: query.application };
  const wanted = { ...instance, ...application, ...(query.open === undefined ? {} : { open: query.open === 'true' }) };
  const page = await filteredPage(
    query,
    (asked) => listJobs(store, { ...wanted, ...asked }),
    ({ job }) => isWanted(job, wanted),
  );
  return paged(page, jobView);
}

function isWanted(job: Job, { instance, application, open }: Omit<JobListQuery, 'limit' | 'after'>): boolean {
  const isOfBoth = (instance ?? job.instance) === job.instance && (application ?? job.application) === job.application;
  return isOfBoth && (open === undefined || open === (job.open === 1));
}

async function open({ store, blobs }: ApiParts, id: string): Promise<Bytes> {
  const { output, contents } = await openOutput({ store, blobs }, id);
  return { contentType: output.contentType, contents, fileName: output.name, sizeBytes: output.sizeBytes };
}
