// How soon and how fast a log reaches whoever follows it through the API, beside `docker logs -f`.
import { once } from 'node:events';
import { PassThrough, type Readable } from 'node:stream';
import { FLOOD_BYTES, FLOOD_SCRIPT } from '../application.ts';
import { dockerRun } from '../docker-run.ts';
import { figure, type Measure, type Part, type PartContext } from '../measure.ts';
import { Site, stampOf } from '../site.ts';
import { median, percentile } from '../statistics.ts';
import { wallNow } from '../wall-clock.ts';

/** Lines of one round; the application prints 20 a second. */
const LINES = 100;
const MOST_LATENCY_MS = 100;
const LEAST_SHARE = 0.9;
const WITHIN_MS = 120_000;

/** Latency of a quiet log and throughput of a flood. */
export const logsPart: Part = {
  name: 'logs',
  run: async (context) => {
    const site = await Site.open('local');
    try {
      return [await latency(site, context), await throughput(site, context)];
    } finally {
      await site.close();
    }
  },
};

async function latency(site: Site, { rounds, say }: PartContext): Promise<Measure> {
  await site.instance('ticker', 'ticker');
  const { job, task } = await site.run('ticker');
  const ours: number[] = [];
  const floor: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    const both = await Promise.all([oursLate(site, job), dockersLate(site, task)]);
    ours.push(...both[0]);
    floor.push(...both[1]);
    say(
      `latency ${round}/${rounds}: p99 ${percentile(both[0], 0.99).toFixed(1)} ms, docker's ${percentile(both[1], 0.99).toFixed(1)} ms`,
    );
  }
  await site.stop(job);
  const worst = { value: percentile(ours, 0.99), samples: ours };
  return {
    ...{ name: 'log follow, 20 lines a second: p99 of the latency', unit: 'ms', ours: worst },
    ...{ floor: { value: percentile(floor, 0.99), samples: floor }, floorName: 'docker logs -f' },
    goal: { words: `< ${MOST_LATENCY_MS} ms`, met: worst.value < MOST_LATENCY_MS },
    note: `medians: ours ${median(ours).toFixed(1)} ms, docker's ${median(floor).toFixed(1)} ms`,
  };
}

/** How long lines were on their way to a follower of the API. */
async function oursLate(site: Site, job: string): Promise<number[]> {
  const late: number[] = [];
  for await (const { bytes } of followed(site, job, { tail: 0 })) {
    const arrivedAt = wallNow();
    for (const line of linesOf(bytes)) late.push(arrivedAt - stampOf(line));
    if (late.length >= LINES) break;
  }
  return late;
}

async function dockersLate(site: Site, task: string): Promise<number[]> {
  const stream = await site.docker.getContainer(task).logs({ follow: true, stdout: true, tail: 0 });
  const late: number[] = [];
  const text = demuxed(site, stream as Readable);
  for await (const bytes of text as AsyncIterable<Buffer>) {
    const arrivedAt = wallNow();
    for (const line of linesOf(bytes)) late.push(arrivedAt - stampOf(line));
    if (late.length >= LINES) break;
  }
  (stream as Readable).destroy();
  return late;
}

function linesOf(bytes: Buffer): string[] {
  return bytes
    .toString()
    .split('\n')
    .filter((line) => line !== '');
}

/** One way to follow a flood: how much came, and how fast. */
interface Flood {
  readonly megabytesPerSecond: number;
  readonly bytes: number;
  /** Stretches that the platform left out, because they came faster than they were read. */
  readonly gaps: number;
}

async function throughput(site: Site, { rounds, say }: PartContext): Promise<Measure> {
  await site.instance('flood', 'flood');
  const ours: Flood[] = [];
  const floor: Flood[] = [];
  for (let round = 1; round <= rounds; round++) {
    const { task, job } = await site.run('flood');
    ours.push(await oursFlooded(site, job));
    await site.over(job);
    floor.push(await dockerFlooded(site, task));
    say(`flood ${round}/${rounds}: ours ${floodInWords(ours.at(-1))}, docker's ${floodInWords(floor.at(-1))}`);
  }
  const figures = { ours: figure(ours.map(speed)), floor: figure(floor.map(speed)) };
  const whole = ours.every(({ gaps, bytes }) => gaps === 0 && bytes >= FLOOD_BYTES);
  const met = whole && figures.ours.value >= LEAST_SHARE * figures.floor.value;
  const arrived = median(ours.map(({ bytes }) => (100 * bytes) / FLOOD_BYTES)).toFixed(0);
  return {
    ...{
      name: `log follow, ${FLOOD_BYTES / 2 ** 20} MiB at once`,
      unit: 'MB/s',
      ...figures,
      floorName: 'docker logs -f',
    },
    goal: { words: `≥ ${100 * LEAST_SHARE} % of floor`, met },
    note: `${whole ? 'every byte arrived' : `${arrived} % of the bytes arrived; the rest was left out with a note`}${cutInWords(floor)}`,
  };
}

/** Docker 20.10 may end a followed log with its container, whatever it has not sent yet. */
function cutInWords(floor: readonly Flood[]): string {
  const cut = floor.filter(({ bytes }) => bytes < FLOOD_BYTES).length;
  return cut === 0 ? '' : `; docker's own was cut off before its end in ${cut} of ${floor.length} rounds`;
}

function speed({ megabytesPerSecond }: Flood): number {
  return megabytesPerSecond;
}

function floodInWords(flood: Flood | undefined): string {
  return flood
    ? `${flood.megabytesPerSecond.toFixed(1)} MB/s (${(flood.bytes / 2 ** 20).toFixed(1)} MiB, ${flood.gaps} gaps)`
    : '';
}

async function oursFlooded(site: Site, job: string): Promise<Flood> {
  const counted = { bytes: 0, gaps: 0, startedAt: 0, lastAt: 0 };
  for await (const { bytes, isGap } of followed(site, job, {})) {
    if (counted.startedAt === 0) counted.startedAt = stampOf(linesOf(bytes)[0] ?? '');
    counted.bytes += bytes.length;
    counted.lastAt = wallNow();
    if (isGap) counted.gaps++;
  }
  return floodOf(counted);
}

async function dockerFlooded(site: Site, like: string): Promise<Flood> {
  const { name, firstLineAt, lines, remove } = await dockerRun({ docker: site.docker, like, script: FLOOD_SCRIPT });
  lines.close();
  try {
    const stream = (await site.docker.getContainer(name).logs({ follow: true, stdout: true })) as Readable;
    const counted = { bytes: 0, gaps: 0, startedAt: firstLineAt, lastAt: 0 };
    for await (const bytes of demuxed(site, stream) as AsyncIterable<Buffer>) {
      counted.bytes += bytes.length;
      counted.lastAt = wallNow();
    }
    return floodOf(counted);
  } finally {
    await remove();
  }
}

/** What was counted of a flood, from its first line on its container's clock to its last byte here. */
interface Counted {
  readonly bytes: number;
  readonly gaps: number;
  readonly startedAt: number;
  readonly lastAt: number;
}

function floodOf({ bytes, gaps, startedAt, lastAt }: Counted): Flood {
  return { bytes, gaps, megabytesPerSecond: bytes / 1e6 / ((lastAt - startedAt) / 1000) };
}

interface FollowedFrame {
  readonly bytes: Buffer;
  readonly isGap: boolean;
}

/** What the API sends of a job's log until its end. */
async function* followed(site: Site, subject: string, query: { tail?: number }): AsyncGenerator<FollowedFrame> {
  const stop = AbortSignal.timeout(WITHIN_MS);
  for await (const { event, data } of site.story.client.stream('followLog', {
    params: { subject },
    query,
    signal: stop,
  })) {
    if (event !== 'frame') continue;
    const frame = data as { readonly data: string; readonly gap?: string };
    yield { bytes: Buffer.from(frame.data, 'base64'), isGap: frame.gap !== undefined };
  }
  if (stop.aborted) throw new Error(`waited ${WITHIN_MS} ms for the log of ${subject}`);
}

/** The bytes of a container's log without Docker's frames. */
function demuxed(site: Site, stream: Readable): PassThrough {
  const bytes = new PassThrough();
  site.docker.modem.demuxStream(stream, bytes, bytes);
  void once(stream, 'close').then(() => bytes.end());
  return bytes;
}
