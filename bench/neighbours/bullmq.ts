// BullMQ over Redis.
import { type NewJob as BullJob, Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import type { Heard, Neighbour, NewJob } from './neighbour.ts';

const QUEUE = 'occurrences';
/** Fewer, and more, took longer at a thousand a second. */
const AT_ONCE = 30;

/** Opens it over a Redis that listens on that socket. */
export async function openBullmq(socket: string): Promise<Neighbour> {
  const connection = connect(socket);
  const queue = new Queue(QUEUE, { connection });
  await queue.waitUntilReady();
  return {
    addOne: async (job) => {
      const { name, data, opts } = jobOf(job);
      await queue.add(name, data, opts);
    },
    addMany: async (jobs) => {
      await queue.addBulk(jobs.map(jobOf));
    },
    count: async () => {
      const counts = await queue.getJobCounts('wait', 'delayed', 'active', 'prioritized', 'paused');
      return Object.values(counts).reduce((sum, count) => sum + count, 0);
    },
    work: (heard) => work(socket, heard),
    close: async () => {
      await queue.close();
      await connection.quit();
    },
  };
}

function connect(path: string): Redis {
  return new Redis({ path, maxRetriesPerRequest: null });
}

function jobOf({ key, dueAt, payload }: NewJob): BullJob {
  const delay = dueAt === null ? {} : { delay: Math.max(0, dueAt - Date.now()) };
  return { name: 'occurrence', data: payload, opts: { jobId: key, removeOnComplete: true, ...delay } };
}

async function work(socket: string, { taken, done }: Heard): Promise<() => Promise<void>> {
  const connection = connect(socket);
  const worker = new Worker(QUEUE, async ({ id }) => taken(id), { connection, concurrency: AT_ONCE });
  worker.on('completed', ({ id }) => done(id));
  worker.on('error', (error) => process.stderr.write(`BullMQ: ${error.message}\n`));
  await worker.waitUntilReady();
  return async () => {
    await worker.close();
    await connection.quit();
  };
}
