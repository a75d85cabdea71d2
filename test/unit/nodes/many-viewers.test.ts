// Many people at one log: the node is asked for it once.
import { expect, onTestFinished, test } from 'vitest';
import { TaskEvidenceKeeper } from '../../../src/nodes/evidence-keeper.ts';
import { followJobLog } from '../../../src/nodes/log-job-reads.ts';
import { LogLineReads } from '../../../src/nodes/log-line-reads.ts';
import { LiveLogs } from '../../../src/nodes/log-live.ts';
import { followLog } from '../../../src/nodes/log-reads.ts';
import type { LogFrame, Machine } from '../../../src/ports/machine.ts';
import { aJob, aTask, aTaskStatus } from '../../builders/jobs.ts';
import { until } from '../../world/until.ts';
import { aJobStatus } from './a-job-status.ts';
import { aFrame, logParts } from './log-world.ts';

const VIEWERS = 200;
const LINES = 50;

/** A machine whose one container writes when it is told to, and which counts how often it is asked for the log. */
function tickingMachine() {
  const waiting: (readonly LogFrame[])[] = [];
  let wake: (() => void) | undefined;
  let follows = 0;
  const machine: Pick<Machine, 'logs' | 'inspectContainer'> = {
    inspectContainer: async () => undefined,
    async *logs(_name, { signal }) {
      follows++;
      signal.addEventListener('abort', () => wake?.(), { once: true });
      while (!signal.aborted) {
        const next = waiting.shift();
        if (next) yield next;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    },
  };
  const write = (frames: readonly LogFrame[]) => {
    waiting.push(frames);
    wake?.();
  };
  return { machine: machine as Machine, write, follows: () => follows };
}

test('200 viewers of one log see every line of it, and its node is followed once', async () => {
  const parts = await logParts();
  const live = new LiveLogs();
  const recordLimits = { mostFileBytes: 1 };
  const logLimits = { mostAgeMs: 1e12, mostBytesPerTask: 1e12 };
  const keeper = new TaskEvidenceKeeper({ ...parts, live, recordLimits, logLimits, mostPendingLogBytes: 1e9 });
  onTestFinished(() => keeper.close());
  const task = aTask(aJob(), 0, 1, 'n1');
  await parts.store.create('job', aJob());
  await parts.store.create('task', task);
  await parts.store.create('jobStatus', aJobStatus(task));
  await parts.store.create('taskStatus', aTaskStatus(task));
  const { machine, write, follows } = tickingMachine();
  const left = new AbortController();
  onTestFinished(() => left.abort());
  const reading = { ...parts, live };
  const seen = new Array<number>(VIEWERS).fill(0);
  const watching = seen.map(async (_, viewer) => {
    const log =
      viewer % 2 === 0
        ? followLog(reading, { task: task.id, sinceNs: 0n, known: 0 }, left.signal)
        : followJobLog(reading, { job: task.job, sinceNs: 0n }, left.signal);
    for await (const entries of log) seen[viewer] = (seen[viewer] ?? 0) + entries.length;
  });
  keeper.follow(task, machine);
  for (let line = 0; line < LINES; line++) write([aFrame(line, `line ${line}\n`)]);
  await until('every viewer has every line', 20_000, () => seen.every((lines) => lines === LINES) || undefined);
  const lines = new LogLineReads(reading);
  const windows = await Promise.all(seen.map(() => lines.window({ job: task.job }, { count: 10 })));
  expect(windows.every((window) => window.lines === LINES)).toBe(true);
  expect(follows()).toBe(1);
  left.abort();
  await Promise.all(watching);
}, 30_000);
