// The script: what a person does with a platform that may die at any moment, from the first upload to the last container's removal.
// Every kind of life is in it: run to the end, killed from outside, frozen and deaf to TERM, crashing, ended by its schedule, removed.
import { Readable } from 'node:stream';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { AnsweredError, type ApiClient } from '../../../src/cli/api-client.ts';
import { applicationZip } from './application.ts';
import type { MortalPlatform } from './mortal-platform.ts';
import { PACKAGE } from './package-index.ts';
import type { Witness } from './witness.ts';

/** A job as the platform shows it. */
export type JobDetail = AnswerOf<'showJob'>;

const WITHIN_MS = 180_000;
const RESTART = { runsPerTask: 2, tasks: 2, backoff: '100ms', maxBackoff: '300ms', stableAfter: '60s' };
const PERIOD_MS = 3000;

/** Plays the lives of instances of an application without dependencies. */
export async function playLives(platform: MortalPlatform, witness: Witness): Promise<void> {
  await push(platform, witness, []);
  const parts = { platform, witness };
  await Promise.all([counted(parts), killed(parts), frozen(parts), crashing(parts), scheduled(parts), removed(parts)]);
  await nothingLeft(parts);
}

/** Plays the making of an image with a dependency, and one job of it. */
export async function playBuild(platform: MortalPlatform, witness: Witness): Promise<void> {
  await push(platform, witness, [`${PACKAGE}==1.0`]);
  await create(platform, 'using', 'uses');
  await ended(platform, 'using');
  await nothingLeft({ platform, witness });
}

async function push(platform: MortalPlatform, witness: Witness, pip: readonly string[]): Promise<void> {
  const zip = await applicationZip('numbers', pip);
  const { platform: uid } = await platform.ask((client) => client.call('status'));
  await witness.begin(uid);
  await platform.ask((client) => client.call('pushPackage', { zip: Readable.from([zip]) }));
}

async function nothingLeft({ platform, witness }: Parts): Promise<void> {
  await platform.until(
    'nothing to be left on the engine',
    WITHIN_MS,
    () => witness.left(),
    (left) => left.length === 0,
  );
  await platform.until(
    'nothing to be under way',
    WITHIN_MS,
    async (client) => (await client.call('status')).backlog,
    ({ waiting, running }) => waiting + running === 0,
  );
  await platform.until(
    'no room to be reserved',
    WITHIN_MS,
    async (client) => (await client.call('listNodes', { query: { limit: 10 } })).items,
    (nodes) => nodes.every(({ reserved }) => reserved.memoryBytes === 0),
  );
}

interface Parts {
  readonly platform: MortalPlatform;
  readonly witness: Witness;
}

const forEver = () => ({ schedule: { kind: 'continuous' } });

async function counted({ platform }: Parts): Promise<void> {
  await create(platform, 'counted', 'count', () => ({ copies: 2 }));
  await ended(platform, 'counted');
}

async function killed({ platform, witness }: Parts): Promise<void> {
  await create(platform, 'killed', 'tick', forEver);
  const { job, task } = await gives(platform, 'killed', 1);
  await witness.kill(task);
  await gives(platform, 'killed', 2);
  await stop(platform, job);
  await ended(platform, 'killed');
}

async function frozen({ platform, witness }: Parts): Promise<void> {
  await create(platform, 'frozen', 'tick', () => ({ grace: '300ms' }));
  const { job, task } = await gives(platform, 'frozen', 1);
  await witness.freeze(task);
  await stop(platform, job);
  await ended(platform, 'frozen');
}

async function crashing({ platform }: Parts): Promise<void> {
  await create(platform, 'crashing', 'crash');
  await ended(platform, 'crashing');
}

async function scheduled({ platform }: Parts): Promise<void> {
  await create(platform, 'scheduled', 'tick', schedule);
  await platform.until(
    'both occurrences to be over',
    WITHIN_MS,
    async (client) => ({ instance: await showInstance(client, 'scheduled'), jobs: await jobsOf(client, 'scheduled') }),
    ({ instance, jobs }) =>
      instance !== undefined &&
      instance.nextAt === null &&
      Date.now() > Date.parse(instance.schedule.end ?? '') &&
      jobs.every(({ endedAt }) => endedAt !== null),
  );
}

/** Two occurrences from soon on; reckoned anew when it has to be asked for again, or its end could be past. */
function schedule(): object {
  const startAt = Date.now() + 1500;
  const [start, end] = [startAt, startAt + 2 * PERIOD_MS - 500].map((at) => new Date(at).toISOString());
  return { schedule: { kind: 'interval', every: `${PERIOD_MS}ms`, start, end, duration: '1500ms' } };
}

async function removed({ platform }: Parts): Promise<void> {
  await create(platform, 'removed', 'tick', forEver);
  await gives(platform, 'removed', 1);
  await platform.ask((client) =>
    unlessAnswered(client.call('removeInstance', { params: { instance: 'removed' } }), 404),
  );
  await platform.until('the instance to be gone', WITHIN_MS, async (client) =>
    (await showInstance(client, 'removed')) === undefined ? true : undefined,
  );
}

/** An answer that was lost is asked for again: then the name is taken, by what was asked for. */
async function create(
  platform: MortalPlatform,
  name: string,
  algorithm: string,
  over: () => object = () => ({}),
): Promise<void> {
  const plain = { name, application: 'numbers', algorithm, schedule: { kind: 'now' }, restart: RESTART };
  await platform.ask((client) => unlessAnswered(client.call('createInstance', { body: { ...plain, ...over() } }), 409));
}

/** When the answer was lost, the job may have ended before it is asked again: how it ended is looked at afterwards. */
async function stop(platform: MortalPlatform, job: string): Promise<void> {
  const asked = { params: { job }, body: { reason: 'enough' } };
  await platform.ask((client) => unlessAnswered(client.call('stopJob', asked), 409));
}

function ended(platform: MortalPlatform, instance: string): Promise<JobDetail> {
  return jobOf(platform, instance, ({ endedAt }) => endedAt !== null);
}

/** Its n-th task has given output. A task that was given up before it ran anything does not count. */
function gives(platform: MortalPlatform, instance: string, tasks: number): Promise<{ job: string; task: string }> {
  return platform.until(`output of task ${tasks} of ${instance}`, WITHIN_MS, async (client) => {
    const job = await showJob(client, instance);
    const task = job?.tasks.filter(({ state }) => state !== 'lost')[tasks - 1];
    if (!job || !task) return undefined;
    const { items } = await client.call('listOutputs', { params: { job: job.id }, query: { limit: 1000 } });
    return items.some((output) => output.task === task.id) ? { job: job.id, task: task.id } : undefined;
  });
}

function jobOf(platform: MortalPlatform, instance: string, fits: (job: JobDetail) => boolean): Promise<JobDetail> {
  return platform.until(`the job of ${instance}`, WITHIN_MS, (client) => showJob(client, instance), fits);
}

async function showJob(client: ApiClient, instance: string): Promise<JobDetail | undefined> {
  const [job] = await jobsOf(client, instance);
  return job && client.call('showJob', { params: { job: job.id } });
}

async function jobsOf(client: ApiClient, instance: string): Promise<AnswerOf<'listJobs'>['items']> {
  return (await client.call('listJobs', { query: { instance, limit: 1000 } })).items;
}

function showInstance(client: ApiClient, instance: string): Promise<AnswerOf<'showInstance'> | undefined> {
  return unlessAnswered(client.call('showInstance', { params: { instance } }), 404);
}

async function unlessAnswered<T>(answer: Promise<T>, status: number): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof AnsweredError && error.status === status) return undefined;
    throw error;
  }
}
