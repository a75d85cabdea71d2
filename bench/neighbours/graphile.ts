// graphile-worker, as its documentation would have it for many small jobs: jobs fetched in batches, their ends stored in batches.
import { Logger, makeWorkerUtils, run } from 'graphile-worker';
import { type Client, Pool } from 'pg';
import type { Heard, Neighbour, NewJob } from './neighbour.ts';

const TASK = 'occurrence';
const CONNECTIONS = 24;

/** It looks for jobs that have become due only so often: nothing tells it of them. */
const POLL_MS = 5;

/** Opens it over a PostgreSQL whose sockets are in that directory. */
export async function openGraphile(socket: string): Promise<Neighbour> {
  const pool = connect(socket);
  const utils = await makeWorkerUtils({ pgPool: pool, logger: quiet() });
  await utils.migrate();
  return {
    addOne: async ({ key, dueAt, payload }) => {
      await utils.addJob(TASK, payload, { jobKey: key, ...runAt(dueAt) });
    },
    addMany: async (jobs) => {
      await utils.addJobs(jobs.map(specOf));
    },
    count: async () => {
      const { rows } = await pool.query('SELECT count(*)::int AS count FROM graphile_worker._private_jobs');
      return Number(rows[0]?.count);
    },
    work: (heard) => work(socket, heard),
    close: async () => {
      await utils.release();
      await pool.end();
    },
  };
}

function specOf({ key, dueAt, payload }: NewJob) {
  return { identifier: TASK, payload, jobKey: key, ...runAt(dueAt) };
}

function runAt(dueAt: number | null): { runAt?: Date } {
  return dueAt === null ? {} : { runAt: new Date(dueAt) };
}

function connect(socket: string): Pool {
  const pool = new Pool({ connectionString: `postgresql://berth@/postgres?host=${socket}`, max: CONNECTIONS });
  const tell = (error: Error) => process.stderr.write(`PostgreSQL: ${error.message}\n`);
  return pool.on('error', tell).on('connect', (client) => client.on('error', tell));
}

async function work(socket: string, { taken, done }: Heard): Promise<() => Promise<void>> {
  const keys = new Map<string, string>();
  const pool = connect(socket).on('connect', (client) => hearEnds(client, keys, done));
  const runner = await run({
    pgPool: pool,
    noHandleSignals: true,
    taskList: {
      [TASK]: async (_payload, { job }) => {
        keys.set(job.id, job.key ?? '');
        taken(job.key ?? '');
      },
    },
    preset: {
      worker: {
        concurrentJobs: 10,
        pollInterval: POLL_MS,
        localQueue: { size: 500 },
        completeJobBatchDelay: 0,
        logger: quiet(),
      },
    },
  });
  return async () => {
    await runner.stop();
    await pool.end();
  };
}

/** It tells of a job's end before that is stored: when its statement has returned, it is. */
function hearEnds(client: Client, keys: Map<string, string>, done: (key: string) => void): void {
  const query = client.query.bind(client);
  client.query = async (...words) => {
    const result = await query(...words);
    for (const id of endedBy(words[0])) done(keys.get(id) ?? '');
    return result;
  };
}

interface Statement {
  readonly name?: string;
  readonly values?: readonly (string | readonly string[])[];
}

function endedBy(statement: unknown): readonly string[] {
  if (typeof statement !== 'object' || statement === null) return [];
  const { name = '', values = [] }: Statement = statement;
  return name.startsWith('complete_job') ? [values[0] ?? []].flat() : [];
}

function quiet(): Logger {
  return new Logger(() => () => {});
}
