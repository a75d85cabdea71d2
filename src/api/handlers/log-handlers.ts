// Routes of logs: read as lines of JSON, followed as server-sent events.
import { Readable } from 'node:stream';
import type { z } from 'zod';
import type { Instant } from '../../model/instant.ts';
import { isGap, type LogEntry } from '../../nodes/log-entry.ts';
import { fits, type LogFilter } from '../../nodes/log-filter.ts';
import { followJobLog, readJobLog } from '../../nodes/log-job-reads.ts';
import { followLog, type LogReading, readLog } from '../../nodes/log-reads.ts';
import type { ApiParts } from '../api-parts.ts';
import type { logFrameView } from '../contract/views.ts';
import type { Asked, Bytes, Handlers, Message } from '../handler.ts';
import { findLogSubject, type LogSubject } from '../log-subject.ts';
import { sinceTime } from '../since-time.ts';
import { iso } from '../views/iso.ts';

type Frame = z.output<typeof logFrameView>;
type LogQuery = Asked<'readLog'>['query'];
type Subjected = LogEntry & { readonly task?: string };

const NS_PER_MS = 1_000_000n;

/** Handlers of logs. */
export function logHandlers(parts: ApiParts): Pick<Handlers, 'readLog' | 'followLog'> {
  const { store, blobs, clock } = parts;
  const reading: LogReading = { store, blobs, clock, live: parts.liveLogs };
  return {
    readLog: async ({ params, query }) =>
      linesOf(read(reading, await findLogSubject(store, params.subject), filterOf(query, clock.now()), query.tail)),
    followLog: async (asked) => follow(reading, asked, await findLogSubject(store, asked.params.subject)),
  };
}

function filterOf({ since, until, stream, search }: LogQuery, now: Instant): LogFilter {
  return {
    ...(since === undefined ? {} : { sinceNs: BigInt(Math.round(sinceTime(since, now))) * NS_PER_MS }),
    ...(until === undefined ? {} : { untilNs: BigInt(Math.round(sinceTime(until, now))) * NS_PER_MS }),
    ...(stream === undefined ? {} : { stream }),
    ...(search === undefined ? {} : { search }),
  };
}

function read(
  reading: LogReading,
  subject: LogSubject,
  filter: LogFilter,
  tail: number | undefined,
): AsyncGenerator<Frame> {
  const query = tail === undefined ? filter : { ...filter, tail };
  return 'job' in subject
    ? framesOf(readJobLog(reading, { ...query, job: subject.job }), subject)
    : framesOf(readLog(reading, { ...query, task: subject.task }), subject);
}

async function* framesOf(entries: AsyncIterable<Subjected>, subject: LogSubject): AsyncGenerator<Frame> {
  for await (const entry of entries) yield frameOf(entry, entry.task ?? ('task' in subject ? subject.task : ''));
}

function frameOf(entry: LogEntry, task: string): Frame {
  const times = { at: iso(Number(entry.atNs / NS_PER_MS)), atNs: String(entry.atNs), task };
  if (isGap(entry)) return { ...times, stream: 'stderr', data: '', gap: entry.gap };
  return { ...times, stream: entry.stream, data: entry.bytes.toString('base64') };
}

function linesOf(frames: AsyncGenerator<Frame>): Bytes {
  const lines = async function* () {
    for await (const frame of frames) yield `${JSON.stringify(frame)}\n`;
  };
  return { contentType: 'application/x-ndjson', contents: Readable.from(lines()) };
}

async function* follow(
  reading: LogReading,
  { query, signal }: Asked<'followLog'>,
  subject: LogSubject,
): AsyncGenerator<Message> {
  const filter = filterOf(query, reading.clock.now());
  const tail = query.tail === undefined ? undefined : await tailStart(reading, subject, filter, query.tail);
  const sinceNs = tail ?? filter.sinceNs ?? 0n;
  const entries: AsyncIterable<Subjected> =
    'job' in subject
      ? followJobLog(reading, { job: subject.job, sinceNs }, signal)
      : followLog(reading, { task: subject.task, sinceNs, known: 0 }, signal);
  for await (const entry of entries) {
    if (fits(entry, filter))
      yield { event: 'frame', data: frameOf(entry, entry.task ?? ('task' in subject ? subject.task : '')) };
  }
  yield { event: 'end', data: {} };
}

/** Where the last lines begin; now when there are none. */
async function tailStart(reading: LogReading, subject: LogSubject, filter: LogFilter, tail: number): Promise<bigint> {
  for await (const frame of read(reading, subject, filter, tail)) return BigInt(frame.atNs);
  return BigInt(reading.clock.now()) * NS_PER_MS;
}
