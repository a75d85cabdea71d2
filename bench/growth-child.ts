// A process of its own in which the scheduler has very many schedules, of which a thousand fall due in one second, and again in another,
// always others as far as there are; it measures what each took of the processor. Its one argument is a plan; it prints one line of JSON.
import type { Instant } from '../src/model/instant.ts';
import type { Job } from '../src/model/job.ts';
import type { Stored, Write } from '../src/ports/store.ts';
import { type LoneScheduler, openLoneScheduler } from './lone-scheduler.ts';
import { addApplication, makeDue } from './make-due.ts';
import { documentsOf } from './recovery-store.ts';

/** What is to be fired. */
export interface GrowthPlan {
  /** A database as `recoveryStore` makes it; it is changed. */
  readonly path: string;
  readonly schedules: number;
  readonly passes: number;
}

/** What one firing took of the processor in each pass, in milliseconds; and how long the scheduler took to start. */
export interface Growth {
  readonly cpuMsEach: readonly number[];
  readonly startSeconds: number;
}

interface Groups {
  readonly schedules: number;
  readonly groups: number;
}

const EACH_PASS = 1000;
/** A second of firings, and two in which nothing is measured and their jobs are ended: open jobs are read at each firing. */
const PASS_MS = 3000;
const SET_PER_SECOND = 2500;
const STARTED_PER_SECOND = 25_000;
const REST_MS = 5000;
const LONG_MS = 30_000;

const plan = JSON.parse(process.argv[2] ?? '{}') as GrowthPlan;
process.stdout.write(`${JSON.stringify(await grow(plan))}\n`);

async function grow({ path, schedules, passes }: GrowthPlan): Promise<Growth> {
  const scheduler = await openLoneScheduler(path);
  const { clock, store, plain, engine } = scheduler;
  const groups = Math.min(passes, Math.floor(schedules / EACH_PASS));
  const neededMs = ((groups * EACH_PASS) / SET_PER_SECOND + schedules / STARTED_PER_SECOND) * 1000 + REST_MS;
  const firstAt = Math.ceil((clock.now() + neededMs) / 1000) * 1000;
  // Each group has its turn again when all have had one, unless there are as many groups as passes.
  const everyMs = groups * PASS_MS * (groups < passes ? 1 : 10);
  await addApplication(plain);
  for (let group = 0; group < groups; group++)
    await makeDue(plain, { firstAt, everyMs, dueAts: groupOf(group, { schedules, groups }, firstAt) });
  const made: Job[] = [];
  store.onWritten((kind, _id, doc) => {
    if (kind === 'job' && doc && 'origin' in doc) made.push(doc);
  });
  const startedAt = clock.now();
  await engine.start();
  const startSeconds = (clock.now() - startedAt) / 1000;
  if (clock.now() > firstAt - 1000) throw new Error('the scheduler was started too late to be measured');
  const cpuMsEach: number[] = [];
  for (let pass = 0; pass < passes; pass++) {
    cpuMsEach.push(await onePass(scheduler, made, firstAt + pass * PASS_MS));
    await endAll(scheduler, made.splice(0));
  }
  await scheduler.close();
  return { cpuMsEach, startSeconds };
}

/** Those of one group are spread over all schedules, and fall due in an order that is not that of their ids. */
function groupOf(group: number, { schedules, groups }: Groups, firstAt: Instant): Map<string, Instant> {
  const dueAts = new Map<string, Instant>();
  for (let place = 0; place < EACH_PASS; place++) {
    const scattered = (place * 7919) % EACH_PASS;
    const index = Math.floor(((scattered * groups + group) * schedules) / (groups * EACH_PASS));
    dueAts.set(documentsOf(index)[0].id, firstAt + group * PASS_MS + place);
  }
  return dueAts;
}

async function onePass({ clock }: LoneScheduler, made: readonly Job[], at: Instant): Promise<number> {
  const until = (when: Instant) => new Promise<void>((resolve) => clock.at(when, resolve));
  if (clock.now() > at - 100) throw new Error('the pass before has taken too long');
  await until(at - 50);
  const before = process.cpuUsage();
  await until(at + EACH_PASS);
  for (const deadline = clock.now() + LONG_MS; made.length < EACH_PASS && clock.now() < deadline; )
    await until(clock.now() + 5);
  const { user, system } = process.cpuUsage(before);
  if (made.length !== EACH_PASS) throw new Error(`${EACH_PASS} were due, ${made.length} are stored`);
  return (user + system) / 1000 / EACH_PASS;
}

async function endAll({ plain }: LoneScheduler, jobs: readonly Job[]): Promise<void> {
  const stored: readonly Stored<Job>[] = await plain.getMany(
    'job',
    jobs.map(({ id }) => id),
  );
  const writes = stored.map(
    ({ doc, version }): Write => ({ do: 'update', kind: 'job', doc: { ...doc, open: 0 }, version }),
  );
  if ((await plain.apply(writes)).some(({ ok }) => !ok)) throw new Error('the jobs could not be ended');
}
