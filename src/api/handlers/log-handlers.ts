// Routes of logs: read as lines of JSON, followed as server-sent events.
import { Readable } from 'node:stream';
import type { Instant } from '../../model/instant.ts';
import { followJobLog, readJobLog } from '../../nodes/log-job-reads.ts';
import { followLog, type LogQuery, type LogReading, readLog } from '../../nodes/log-reads.ts';
import type { ApiParts } from '../api-parts.ts';
import type { Asked, Bytes, Handlers, Message } from '../handler.ts';
import { findLogSubject, type LogSubject } from '../log-subject.ts';
import { sinceTime } from '../since-time.ts';
import { type LoggedEntry, logFrameViews } from '../views/log-frame-views.ts';

type Filter = Omit<LogQuery, 'task' | 'tail'>;

const NS_PER_MS = 1_000_000n;

/** Handlers of logs. */
export function logHandlers(parts: ApiParts): Pick<Handlers, 'readLog' | 'followLog'> {
  const { store, blobs, clock } = parts;
  const reading: LogReading = { store, blobs, clock, live: parts.liveLogs };
  return {
    readLog: async ({ params, query }) => {
      const subject = await findLogSubject(store, params.subject);
      return linesOf(read(reading, subject, filterOf(query, clock.now()), query.tail), subject);
    },
    followLog: async ({ params, query, signal }) => {
      const subject = await findLogSubject(store, params.subject);
      const filter = filterOf(query, clock.now());
      const sinceNs = query.tail === undefined ? undefined : await tailStart(reading, subject, filter, query.tail);
      return follow(reading, subject, sinceNs === undefined ? filter : { ...filter, sinceNs }, signal);
    },
  };
}

function filterOf({ since, until, stream, search }: Asked<'readLog'>['query'], now: Instant): Filter {
  return {
    ...(since === undefined ? {} : { sinceNs: nanoseconds(sinceTime(since, now)) }),
    ...(until === undefined ? {} : { untilNs: nanoseconds(sinceTime(until, now)) }),
    ...(stream === undefined ? {} : { stream }),
    ...(search === undefined ? {} : { search }),
  };
}

function nanoseconds(at: Instant): bigint {
  return BigInt(Math.round(at)) * NS_PER_MS;
}

function read(
  reading: LogReading,
  subject: LogSubject,
  filter: Filter,
  tail: number | undefined,
): AsyncGenerator<readonly LoggedEntry[]> {
  const query = tail === undefined ? filter : { ...filter, tail };
  return 'job' in subject ? readJobLog(reading, { ...query, ...subject }) : readLog(reading, { ...query, ...subject });
}

async function* follow(
  reading: LogReading,
  subject: LogSubject,
  filter: Filter,
  signal: AbortSignal,
): AsyncGenerator<Message> {
  const wanted = { sinceNs: 0n, ...filter };
  const batches: AsyncGenerator<readonly LoggedEntry[]> =
    'job' in subject
      ? followJobLog(reading, { ...wanted, ...subject }, signal)
      : followLog(reading, { ...wanted, ...subject, known: 0 }, signal);
  for await (const entries of batches) {
    for (const data of logFrameViews(entries, taskOf(subject))) yield { event: 'frame', data };
  }
  if (!signal.aborted) yield { event: 'end', data: {} };
}

/** Where the last lines begin; behind the last entry when none are asked for, at the beginning when there is no entry yet. */
async function tailStart(
  reading: LogReading,
  subject: LogSubject,
  filter: Filter,
  tail: number,
): Promise<bigint | undefined> {
  let last: LoggedEntry | undefined;
  for await (const entries of read(reading, subject, filter, Math.max(tail, 1))) {
    const [first] = entries;
    if (tail > 0 && first) return first.atNs;
    last = entries.at(-1) ?? last;
  }
  return last && last.atNs + 1n;
}

function linesOf(batches: AsyncGenerator<readonly LoggedEntry[]>, subject: LogSubject): Bytes {
  const lines = async function* () {
    for await (const entries of batches) {
      const frames = logFrameViews(entries, taskOf(subject));
      if (frames.length > 0) yield frames.map((frame) => `${JSON.stringify(frame)}\n`).join('');
    }
  };
  return { contentType: 'application/x-ndjson', contents: Readable.from(lines(), { objectMode: false }) };
}

/** Of a job's log, every entry knows its own. */
function taskOf(subject: LogSubject): string {
  return 'task' in subject ? subject.task : '';
}
