import { expect, test } from 'vitest';
import type { LogSegment } from '../../../src/model/output.ts';
import { decideLogRetention } from '../../../src/nodes/decide-log-retention.ts';
import { copyLog } from '../../../src/nodes/log-copy.ts';
import { isGap } from '../../../src/nodes/log-entry.ts';
import { LiveLogs } from '../../../src/nodes/log-live.ts';
import { readLog } from '../../../src/nodes/log-reads.ts';
import { LogSweepController } from '../../../src/nodes/log-sweep-controller.ts';
import type { LogTailParts } from '../../../src/nodes/log-tail.ts';
import { aFrame, aTail, logParts, machineWithLog } from './log-world.ts';

const DAY = 86_400_000;
const LIMITS = { mostAgeMs: 10 * DAY, mostBytesPerTask: 1000 };

function segment(sequence: number, toAt: number, sizeBytes: number): LogSegment {
  const id = `t/${String(sequence).padStart(6, '0')}`;
  return {
    id,
    task: 't',
    sequence,
    blob: `sha256:${sequence}`,
    frames: 1,
    sizeBytes,
    storedBytes: 1,
    fromAt: toAt,
    toAt,
  };
}

test.each([
  {
    what: 'nothing is too old or too much',
    segments: [segment(1, 90 * DAY, 500), segment(2, 91 * DAY, 500)],
    dropped: 0,
  },
  { what: 'the first is too old', segments: [segment(1, 80 * DAY, 1), segment(2, 95 * DAY, 1)], dropped: 1 },
  { what: 'all are too old', segments: [segment(1, 80 * DAY, 1), segment(2, 81 * DAY, 1)], dropped: 2 },
  { what: 'together they are too much', segments: [1, 2, 3].map((i) => segment(i, 95 * DAY, 400)), dropped: 1 },
  { what: 'the last alone is too much', segments: [1, 2].map((i) => segment(i, 95 * DAY, 5000)), dropped: 1 },
  { what: 'there is no log', segments: [], dropped: 0 },
])('a log is cut to its limits: $what', ({ segments, dropped }) => {
  expect(decideLogRetention(segments, LIMITS, 100 * DAY).dropped).toHaveLength(dropped);
});

async function entries(parts: LogTailParts): Promise<readonly string[]> {
  const all = (await Array.fromAsync(readLog({ ...parts, live: new LiveLogs() }, { task: 't' }))).flat();
  return all.map((entry) => (isGap(entry) ? entry.gap : entry.bytes.toString('latin1', 0, 2)));
}

test('the hourly look drops the oldest of a large log with a note, and what was dropped does not come again', async () => {
  const parts = await logParts();
  const log = Array.from({ length: 10 }, (_, i) => aFrame(i * 60_000, `${i} ${'x'.repeat(300_000)}\n`));
  const tail = aTail(parts, 't');
  const { signal } = new AbortController();
  for (const frame of log) {
    tail.add([frame]);
    await tail.flush();
  }
  const sweep = new LogSweepController(parts.store, { mostAgeMs: 1e13, mostBytesPerTask: 1_000_000 });
  const now = parts.clock.now();
  expect(await sweep.reconcile('all', now)).toBe(now + 3_600_000);
  expect(await sweep.reconcile('all', now + 5)).toBe(now + 3_600_000);
  const after = await entries(parts);
  expect(after.slice(1)).toEqual(['7 ', '8 ', '9 ']);
  expect(after[0]).toContain('dropped by the limit on logs (more than 1000000 bytes)');
  const again = aTail(parts, 't');
  await copyLog(again, machineWithLog([...log, aFrame(700_000, 'A\n')]), {
    follow: false,
    signal,
    flush: () => again.flush(),
  });
  await again.flush();
  expect((await entries(parts)).slice(1)).toEqual(['7 ', '8 ', '9 ', 'A\n']);
});

test('a log that is too old leaves only a note, once', async () => {
  const parts = await logParts();
  const tail = aTail(parts, 't');
  tail.add([aFrame(0, 'old\n')]);
  await tail.flush();
  const sweep = new LogSweepController(parts.store, { mostAgeMs: 30 * DAY, mostBytesPerTask: 1e9 });
  const now = parts.clock.now();
  for (let hour = 0; hour < 3; hour++) await sweep.reconcile('all', now + hour * 3_600_000);
  expect(await entries(parts)).toEqual([expect.stringContaining('older than 30 days')]);
  expect(
    (await parts.store.list('logSegment', { where: { task: 't' }, orderBy: 'sequence', limit: 9 })).items,
  ).toHaveLength(1);
});
