// Lines of logs by their numbers, and the search in them: whatever the segments, they are those of the log read from its beginning.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LogLineReads, type LogOf } from '../../../src/nodes/log-line-reads.ts';
import { LiveLogs } from '../../../src/nodes/log-live.ts';
import type { LogTailParts } from '../../../src/nodes/log-tail.ts';
import { aJob, aTask } from '../../builders/jobs.ts';
import { type PlainLine, pendingFrames, plainLines, storeLog, stretches } from './line-logs.ts';
import { aFrame, aTail, logParts } from './log-world.ts';

interface World {
  readonly parts: LogTailParts;
  readonly live: LiveLogs;
  readonly lines: LogLineReads;
}

async function world(): Promise<World> {
  const parts = await logParts();
  const live = new LiveLogs();
  return { parts, live, lines: new LogLineReads({ ...parts, live }) };
}

const shown = ({ at, stream, bytes }: Pick<PlainLine, 'at' | 'stream' | 'bytes'>) =>
  `${at} ${stream} ${bytes.toString('latin1')}`;

/** Every window of some lengths, from every line. */
async function expectWindows({ lines }: World, of: LogOf, expected: readonly PlainLine[]): Promise<void> {
  for (const count of [1, 3, 1000]) {
    for (let from = 0; from <= expected.length; from += count === 1000 ? 5 : 1) {
      const window = await lines.window(of, { from, count });
      expect(window.lines).toBe(expected.length);
      expect(window.items.map(({ line }) => line)).toEqual(window.items.map((_, index) => from + index));
      expect(window.items.map(shown)).toEqual(expected.slice(from, from + count).map(shown));
    }
  }
}

async function expectSearches({ lines }: World, of: LogOf, expected: readonly PlainLine[]): Promise<void> {
  for (const sought of [Buffer.from('a'), Buffer.from('ab'), Buffer.from('é'), Buffer.from([0xff])]) {
    const wanted = expected.flatMap(({ bytes }, line) => (bytes.includes(sought) ? [line] : []));
    const all = await lines.search(of, { sought, from: 0, limit: 1000 });
    expect(all.matches.map(({ line }) => line)).toEqual(wanted);
    expect(all.matches.map(shown)).toEqual(wanted.map((line) => shown(expected[line] ?? missing())));
    expect(all).toMatchObject({ total: wanted.length, next: null, lines: expected.length });
    expect(await inPages(lines, of, sought)).toEqual(wanted);
  }
}

async function inPages(lines: LogLineReads, of: LogOf, sought: Buffer): Promise<readonly number[]> {
  const found: number[] = [];
  for (let from: number | null = 0; from !== null; ) {
    const page = await lines.search(of, { sought, from, limit: 2 });
    found.push(...page.matches.map(({ line }) => line));
    from = page.next;
  }
  return found;
}

function missing(): never {
  throw new Error('there is no such line');
}

test('any window of any log is that part of the whole, and a search finds what reading it finds', async () => {
  const all = await world();
  let logs = 0;
  await fc.assert(
    fc.asyncProperty(stretches, fc.option(pendingFrames), async (log, pending) => {
      const task = `job.0.${logs++}`;
      await storeLog(all.parts, task, log);
      if (pending) {
        const tail = aTail(all.parts, task);
        all.live.add(tail);
        tail.add(pending);
      }
      const expected = plainLines(log, pending ?? []);
      await expectWindows(all, { task }, expected);
      await expectSearches(all, { task }, expected);
      all.live.remove(task);
    }),
    { numRuns: 60 },
  );
}, 60_000);

test('the slots of a job are one log, by time and then by slot, and each keeps its own order', async () => {
  const all = await world();
  let jobs = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(stretches, { minLength: 1, maxLength: 2 }), { maxLength: 3 }), async (slots) => {
      const job = `j${jobs++}`;
      const merged: { readonly slot: number; readonly line: PlainLine }[] = [];
      for (const [slot, attempts] of slots.entries()) {
        let latest = 0;
        for (const [attempt, log] of attempts.entries()) {
          const task = aTask(aJob({ id: job }), slot, attempt, 'n1');
          await all.parts.store.create('task', task);
          await storeLog(all.parts, task.id, log);
          const lines = plainLines(log, [], latest);
          merged.push(...lines.map((line) => ({ slot, line })));
          latest = latestOf(log, latest);
        }
      }
      const expected = merged.toSorted((a, b) => a.line.key - b.line.key || a.slot - b.slot).map(({ line }) => line);
      await expectWindows(all, { job }, expected);
      await expectSearches(all, { job }, expected);
    }),
    { numRuns: 40 },
  );
}, 60_000);

function latestOf(log: Parameters<typeof plainLines>[0], before: number): number {
  const last = plainLines([...log, { gap: 'end', frames: [], isCounted: true }], [], before).at(-1);
  return last?.key ?? before;
}

test('without a first line the last ones come, and a line beyond the end is none', async () => {
  const { parts, lines } = await world();
  const tail = aTail(parts, 't');
  tail.add(Array.from({ length: 10 }, (_, index) => aFrame(index, `${index}\n`)));
  await tail.flush();
  const last = await lines.window({ task: 't' }, { count: 3 });
  expect(last).toMatchObject({ lines: 10, from: 7 });
  expect(last.items.map(({ bytes }) => bytes.toString())).toEqual(['7', '8', '9']);
  expect(await lines.window({ task: 't' }, { from: 99, count: 3 })).toMatchObject({ lines: 10, from: 10, items: [] });
});

test('what the appender stores says itself what its lines are like', async () => {
  const { parts } = await world();
  const tail = aTail(parts, 't');
  tail.add([aFrame(0, 'one\ntwo'), aFrame(1, ' goes on\nthree')]);
  await tail.flush();
  const { items } = await parts.store.list('logSegment', { where: { task: 't' }, orderBy: 'sequence', limit: 1 });
  expect(items[0]?.doc.lines).toEqual({ count: 3, joins: 1, leaves: 1 });
});

test('a very long line is cut, and what is sought at its end is shown with what is around it', async () => {
  const { parts, lines } = await world();
  const tail = aTail(parts, 't');
  const piece = (text: string) => text.padEnd(16 * 1024, '.');
  tail.add([
    aFrame(0, 'short\n'),
    aFrame(1, piece('begin')),
    aFrame(2, piece('')),
    aFrame(3, 'the needle\n'),
    aFrame(4, 'x\n'),
  ]);
  await tail.flush();
  const { items } = await lines.window({ task: 't' }, { from: 0, count: 10 });
  expect(items.map(({ bytes, isCut }) => [bytes.length, isCut])).toEqual([
    [5, false],
    [16 * 1024, true],
    [1, false],
  ]);
  const { matches } = await lines.search({ task: 't' }, { sought: Buffer.from('..the needle'), from: 0, limit: 10 });
  expect(matches).toMatchObject([{ line: 1, isCut: true }]);
  expect(matches[0]?.bytes.toString()).toMatch(/^\.+the needle$/);
});

test('a log has ended when its job has and nothing of it is on its way any more', async () => {
  const { parts, live, lines } = await world();
  const task = aTask(aJob({ id: 'j' }), 0, 1, 'n1');
  await parts.store.create('task', task);
  expect((await lines.window({ job: 'j' }, { count: 1 })).ended).toBe(false);
  live.add(aTail(parts, task.id));
  expect((await lines.window({ job: 'j' }, { count: 1 })).ended).toBe(false);
});
