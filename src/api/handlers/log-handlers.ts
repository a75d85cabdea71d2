// Routes of logs: read as lines of JSON, followed as server-sent events.
import { Readable } from 'node:stream';
import type { z } from 'zod';
import type { Instant } from '../../model/instant.ts';
import { followJobLog, readJobLog } from '../../nodes/log-job-reads.ts';
import { followLog, type LogQuery, type LogReading, readLog } from '../../nodes/log-reads.ts';
import type { ApiParts } from '../api-parts.ts';
import type { logFrameView } from '../contract/views.ts';
import type { Asked, Bytes, Handlers, Message } from '../handler.ts';
import { findLogSubject, type LogSubject } from '../log-subject.ts';
import { sinceTime } from '../since-time.ts';
import { iso } from '../views/iso.ts';

type Frame = z.output<typeof logFrameView>;
type Filter = Omit<LogQuery, 'task' | 'tail'>;
type EntriesOf<G> = G extends AsyncGenerator<infer E> ? E : never;
/** An entry of a job's log knows its task; in that of one task it is always the same. */
type Entry = EntriesOf<ReturnType<typeof readLog>> & { readonly task?: string };

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
): AsyncGenerator<Entry> {
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
  const entries: AsyncGenerator<Entry> =
    'job' in subject
      ? followJobLog(reading, { ...wanted, ...subject }, signal)
      : followLog(reading, { ...wanted, ...subject, known: 0 }, signal);
  for await (const entry of entries) yield { event: 'frame', data: frameOf(entry, subject) };
  if (!signal.aborted) yield { event: 'end', data: {} };
}

/** Where the last lines begin; behind the last entry when none are asked for, at the beginning when there is no entry yet. */
async function tailStart(
  reading: LogReading,
  subject: LogSubject,
  filter: Filter,
  tail: number,
): Promise<bigint | undefined> {
  let last: Entry | undefined;
  for await (const entry of read(reading, subject, filter, Math.max(tail, 1))) {
    if (tail > 0) return entry.atNs;
    last = entry;
  }
  return last && last.atNs + 1n;
}

function linesOf(entries: AsyncGenerator<Entry>, subject: LogSubject): Bytes {
  const lines = async function* () {
    for await (const entry of entries) yield `${JSON.stringify(frameOf(entry, subject))}\n`;
  };
  return { contentType: 'application/x-ndjson', contents: Readable.from(lines(), { objectMode: false }) };
}

function frameOf(entry: Entry, subject: LogSubject): Frame {
  const task = entry.task ?? ('task' in subject ? subject.task : '');
  const times = { at: iso(Number(entry.atNs / NS_PER_MS)), atNs: String(entry.atNs), task };
  if ('gap' in entry) return { ...times, stream: 'stderr', data: '', gap: entry.gap };
  return { ...times, stream: entry.stream, data: entry.bytes.toString('base64') };
}
