import fc from 'fast-check';
import { expect, test } from 'vitest';
import { copyLog } from '../../../src/nodes/log-copy.ts';
import { isGap } from '../../../src/nodes/log-entry.ts';
import { lastLines } from '../../../src/nodes/log-last-lines.ts';
import { LiveLogs } from '../../../src/nodes/log-live.ts';
import { readLog } from '../../../src/nodes/log-reads.ts';
import { segmentsOf } from '../../../src/nodes/log-segments.ts';
import type { LogTail, LogTailParts } from '../../../src/nodes/log-tail.ts';
import type { LogFrame } from '../../../src/ports/machine.ts';
import type { Store } from '../../../src/ports/store.ts';
import { aFrame, aTail, logParts, machineWithLog, shown } from './log-world.ts';

const allSegments = (parts: LogTailParts, task: string) => Array.fromAsync(segmentsOf(parts.store, task));

async function stored(parts: LogTailParts, task: string): Promise<readonly LogFrame[]> {
  const entries = (await Array.fromAsync(readLog({ ...parts, live: new LiveLogs() }, { task }))).flat();
  return entries.filter((entry): entry is LogFrame => !isGap(entry));
}

async function gaps(parts: LogTailParts, task: string): Promise<readonly string[]> {
  const entries = (await Array.fromAsync(readLog({ ...parts, live: new LiveLogs() }, { task }))).flat();
  return entries.filter(isGap).map(({ gap }) => gap);
}

async function copied(tail: LogTail, frames: readonly LogFrame[]): Promise<void> {
  const { signal } = new AbortController();
  await copyLog(tail, machineWithLog(frames), { follow: false, signal, flush: () => tail.flush() });
  await tail.flush();
}

test('a slow log becomes one segment however often it is stored', async () => {
  const parts = await logParts();
  const tail = aTail(parts, 't');
  for (let i = 0; i < 10; i++) {
    tail.add([aFrame(i, `line ${i}\n`)]);
    await tail.flush();
  }
  const segments = await allSegments(parts, 't');
  expect(segments).toHaveLength(1);
  expect(segments[0]).toMatchObject({ id: 't/000001', frames: 10, sizeBytes: 70 });
  expect((await stored(parts, 't')).map(({ bytes }) => bytes.toString())).toEqual(
    Array.from({ length: 10 }, (_, i) => `line ${i}\n`),
  );
});

test('a fast log fills segments, and asks to be stored before it holds much more than one', async () => {
  const parts = await logParts();
  const tail = aTail(parts, 't');
  const log = Array.from({ length: 100 }, (_, i) => aFrame(i, `${i}${'x'.repeat(16_000)}\n`));
  let most = 0;
  let pending = 0;
  for (const frame of log) {
    pending += frame.bytes.length;
    most = Math.max(most, pending);
    if (tail.add([frame])) {
      await tail.flush();
      pending = 0;
    }
  }
  await tail.flush();
  expect(most).toBeLessThan(300_000);
  expect(await allSegments(parts, 't')).toHaveLength(6);
  expect(shown(await stored(parts, 't'))).toEqual(shown(log));
});

test('whenever the platform is killed and started again, the stored log is whole and without doubles', async () => {
  const parts = await logParts();
  let number = 0;
  const log = Array.from({ length: 60 }, (_, i) =>
    aFrame(i * 150, i % 3 ? 'same\n' : `line ${i}\n`, i % 2 ? 'stdout' : 'stderr'),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat({ max: 60 }), { maxLength: 4 }), async (kills) => {
      const task = `t${number++}`;
      for (const written of [...kills.toSorted((a, b) => a - b), log.length]) {
        await copied(aTail(parts, task), log.slice(0, written));
      }
      expect(shown(await stored(parts, task))).toEqual(shown(log));
      expect(await gaps(parts, task)).toEqual([]);
    }),
    { numRuns: 20 },
  );
});

test('what was pending and what is stored are aligned alike when only the connection broke', async () => {
  const parts = await logParts();
  const log = Array.from({ length: 30 }, (_, i) => aFrame(i * 100, `line ${i % 4}\n`));
  const tail = aTail(parts, 't');
  await copied(tail, log.slice(0, 10));
  for (const frame of log.slice(10, 20)) tail.add([frame]);
  await copied(tail, log);
  expect(shown(await stored(parts, 't'))).toEqual(shown(log));
});

test('what Docker has dropped meanwhile is a gap in its place', async () => {
  const parts = await logParts();
  const log = Array.from({ length: 20 }, (_, i) => aFrame(i * 1000, `line ${i}\n`));
  await copied(aTail(parts, 't'), log.slice(0, 5));
  await copied(aTail(parts, 't'), log.slice(10));
  const entries = (await Array.fromAsync(readLog({ ...parts, live: new LiveLogs() }, { task: 't' }))).flat();
  expect(entries.map((entry) => (isGap(entry) ? 'gap' : entry.bytes.toString().trim()))).toEqual([
    ...['line 0', 'line 1', 'line 2', 'line 3', 'line 4', 'gap'],
    ...Array.from({ length: 10 }, (_, i) => `line ${i + 10}`),
  ]);
  expect((await gaps(parts, 't'))[0]).toContain('Docker');
});

test('the newline of a long line, which Docker 20.10 leaves out, is put back once, through restarts too', async () => {
  const parts = await logParts();
  const log = [
    ...[
      aFrame(0, 'x'.repeat(16_384)),
      aFrame(0, 'end of x'),
      aFrame(1, 'next\n'),
      aFrame(2, 'y'.repeat(16_384)),
      aFrame(2, ''),
    ],
    ...[aFrame(3, 'error\n', 'stderr'), aFrame(4, 'after y\n'), aFrame(5, 'no newline')],
  ];
  for (let written = 0; written <= log.length; written++) await copied(aTail(parts, 't'), log.slice(0, written));
  const kept = (await stored(parts, 't')).filter(({ stream }) => stream === 'stdout');
  const text = Buffer.concat(kept.map(({ bytes }) => bytes)).toString();
  expect(text).toBe(`${'x'.repeat(16_384)}end of x\nnext\n${'y'.repeat(16_384)}\nafter y\nno newline`);
});

test('a stretch that was given up and then came after all is no gap', async () => {
  const parts = await logParts();
  const log = Array.from({ length: 8 }, (_, i) => aFrame(i * 100, `line ${i}\n`));
  const tail = aTail(parts, 't');
  await copied(tail, log.slice(0, 4));
  await tail.addGap('The node was gone.');
  await tail.addGap('The node was gone.');
  expect(await gaps(parts, 't')).toEqual(['The node was gone.']);
  await copied(tail, log);
  expect(await gaps(parts, 't')).toEqual([]);
  expect(shown(await stored(parts, 't'))).toEqual(shown(log));
});

test('a store whose answer was lost does not get the same lines twice', async () => {
  const parts = await logParts();
  const loseAnswers = { left: 2 };
  const tail = aTail({ ...parts, store: losingAnswers(parts.store, loseAnswers) }, 't');
  const log = Array.from({ length: 6 }, (_, i) => aFrame(i, 'same\n'));
  for (const [i, frame] of log.entries()) {
    tail.add([frame]);
    if (i % 2) await tail.flush().catch(() => tail.flush());
  }
  expect(loseAnswers.left).toBe(0);
  expect(shown(await stored(parts, 't'))).toEqual(shown(log));
});

test('when somebody else appended, what is pending is given up and read again', async () => {
  const parts = await logParts();
  const log = Array.from({ length: 9 }, (_, i) => aFrame(i * 10, `line ${i}\n`));
  const conflicting = { left: 1 };
  const tail = aTail(
    { ...parts, store: conflictingOnce(parts.store, conflicting, () => copied(aTail(parts, 't'), log.slice(0, 6))) },
    't',
  );
  for (const frame of log.slice(0, 3)) tail.add([frame]);
  await expect(tail.flush()).rejects.toThrow('changed in the meantime');
  expect(() => tail.add([aFrame(30, 'line 3\n')])).toThrow('changed in the meantime');
  await copied(tail, log);
  expect(shown(await stored(parts, 't'))).toEqual(shown(log));
});

test('the last lines are told as text, whatever bytes they are', async () => {
  const parts = await logParts();
  const tail = aTail(parts, 't');
  for (let i = 0; i < 50; i++) tail.add([aFrame(i, `line ${i}\r\n`)]);
  tail.add([{ ...aFrame(51, ''), bytes: Buffer.from([0x66, 0xff, 0x0a]) }]);
  tail.add([aFrame(52, 'x'.repeat(5000))]);
  tail.add([aFrame(52, 'y')]);
  await tail.flush();
  const lines = await lastLines(parts, 't');
  expect(lines).toHaveLength(20);
  expect(lines[0]).toBe('line 32');
  expect(lines[18]).toBe('f\uFFFD');
  expect(lines[19]).toBe(`${'x'.repeat(1000)}…`);
  expect(await lastLines(parts, 'nobody')).toEqual([]);
});

function losingAnswers(store: Store, lose: { left: number }): Store {
  const losing = async <T>(answer: Promise<T>): Promise<T> => {
    const given = await answer;
    if (lose.left === 0) return given;
    lose.left -= 1;
    throw new Error('the answer was lost');
  };
  return Object.assign(Object.create(store), {
    create: (...args: Parameters<Store['create']>) => losing(store.create(...args)),
    update: (...args: Parameters<Store['update']>) => losing(store.update(...args)),
    ...bound(store),
  });
}

function conflictingOnce(store: Store, conflicting: { left: number }, meanwhile: () => Promise<void>): Store {
  return Object.assign(Object.create(store), {
    ...bound(store),
    create: async (...args: Parameters<Store['create']>) => {
      if (conflicting.left-- === 1) await meanwhile();
      return store.create(...args);
    },
    update: store.update.bind(store),
  });
}

function bound(store: Store) {
  return { get: store.get.bind(store), list: store.list.bind(store), delete: store.delete.bind(store) };
}
