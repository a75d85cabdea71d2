// Routes of readings: those of simple devices that come in, and those that people look at.
import { Readable } from 'node:stream';
import type { ReadingRange } from '../../sensors/reading-reads.ts';
import type { ApiParts } from '../api-parts.ts';
import type { READING_ENDPOINTS } from '../contract/reading-endpoints.ts';
import type { Asked, Bytes, Handlers, Message } from '../handler.ts';
import { sinceTime } from '../since-time.ts';
import { csvHeading, csvRows, readingView, sensorOverTimeView } from '../views/reading-views.ts';

/** Handlers of readings. */
export function readingHandlers(parts: ApiParts): Pick<Handlers, keyof typeof READING_ENDPOINTS> {
  const { reads, requests } = parts.readings;
  return {
    sendReadings: async ({ params, body }) => ({
      // Nothing at all arrives as no body.
      taken: await requests.take(params.sensor, body instanceof Uint8Array ? body : new Uint8Array()),
    }),
    latestReading: async ({ params }) => {
      const reading = await reads.latest(params.sensor);
      return { reading: reading && readingView(reading) };
    },
    listReadings: (asked) => listReadings(parts, asked),
    exportReadings: (asked) => exportReadings(parts, asked),
    followReadings: async ({ params, query, signal, lastEventId }) => {
      await reads.fields(params.sensor);
      const after = query.after ?? (lastEventId === undefined ? null : Number(lastEventId) || null);
      return follow(parts, params.sensor, { after, rateHz: query.rate ?? null }, signal);
    },
    sensorOverTime: async ({ params, query }) => {
      const range = rangeOf(parts, params.sensor, query);
      return sensorOverTimeView(await reads.overTime(range, query.points, query.field));
    },
  };
}

function rangeOf(
  { clock }: ApiParts,
  sensor: string,
  { since, until }: { readonly since: string; readonly until?: string | undefined },
): ReadingRange {
  const now = clock.now();
  const toAt = until === undefined ? now + 1 : sinceTime(until, now);
  return { sensor, fromAt: sinceTime(since, now), toAt };
}

async function listReadings(parts: ApiParts, { params, query }: Asked<'listReadings'>) {
  const range = rangeOf(parts, params.sensor, query);
  const found = await parts.readings.reads.page(range, Number(query.after ?? 0), query.limit);
  const last = found.at(-1);
  const items = found.map(readingView);
  return found.length < query.limit || !last ? { items } : { items, next: String(last.sequence) };
}

async function exportReadings(parts: ApiParts, { params, query }: Asked<'exportReadings'>): Promise<Bytes> {
  const { reads } = parts.readings;
  const fields = (await reads.fields(params.sensor)).map(({ name }) => name);
  const range = rangeOf(parts, params.sensor, query);
  const lines = async function* () {
    yield csvHeading(fields);
    for await (const readings of reads.all(range)) yield csvRows(readings, fields);
  };
  const contents = Readable.from(lines(), { objectMode: false });
  return { contentType: 'text/csv; charset=utf-8', contents, fileName: `${params.sensor}.csv` };
}

async function* follow(
  { readings }: ApiParts,
  sensor: string,
  wish: { readonly after: number | null; readonly rateHz: number | null },
  signal: AbortSignal,
): AsyncGenerator<Message> {
  for await (const batch of readings.reads.watch(sensor, wish, signal)) {
    for (const reading of batch) yield { event: 'reading', id: String(reading.sequence), data: readingView(reading) };
  }
}
