import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LogAlignment, resumeSinceNs } from '../../../src/nodes/log-alignment.ts';
import type { LogFrame } from '../../../src/ports/machine.ts';
import { aFrame, shown } from './log-world.ts';

/** Frames as Docker gives them: often the same text and time, a little out of order, and unended lines that carry an old time. */
const dockerLog = fc
  .array(
    fc.record({
      step: fc.constantFrom(0, 0, 0.5, 3, 900, 5000),
      jitter: fc.constantFrom(0, 0, -20, -300),
      text: fc.constantFrom('a\n', 'a\n', 'b\n', 'unended', ''),
      stream: fc.constantFrom('stdout' as const, 'stderr' as const),
    }),
    { maxLength: 60 },
  )
  .map((entries) => {
    let at = 10_000;
    const unended = new Map<string, number>();
    return entries.map(({ step, jitter, text, stream }) => {
      at += step;
      const began = unended.get(stream) ?? at + jitter;
      if (text.endsWith('\n')) unended.delete(stream);
      else unended.set(stream, began);
      return aFrame(began, text, stream);
    });
  });

function resumed(log: readonly LogFrame[], stored: readonly LogFrame[], earlierNs: bigint): LogFrame[] {
  const sinceNs = (stored.length > 0 ? resumeSinceNs(stored) : 0n) - earlierNs;
  const alignment = new LogAlignment(stored.filter(({ atNs }) => atNs >= sinceNs));
  const given = log.filter(({ atNs }) => atNs >= sinceNs);
  const batches = given.flatMap((_, index) => (index % 3 ? [] : [given.slice(index, index + 3)]));
  return [...stored, ...batches.flatMap((frames) => alignment.newIn(frames))];
}

test('a log that is stored up to any point and read again from any earlier time is whole, without doubles', () => {
  fc.assert(
    fc.property(dockerLog, fc.nat(), fc.nat({ max: 20_000 }), (log, point, earlierMs) => {
      const stored = log.slice(0, point % (log.length + 1));
      expect(shown(resumed(log, stored, BigInt(earlierMs) * 1_000_000n))).toEqual(shown(log));
    }),
    { numRuns: 1000 },
  );
});

test('a clock that was set back between two frames loses nothing', () => {
  const log = [aFrame(3_600_000, 'before\n'), aFrame(0, 'after\n'), aFrame(1, 'later\n')];
  expect(shown(resumed(log, log.slice(0, 2), 0n))).toEqual(shown(log));
});

test('the log is torn when its last stored frame does not come again', () => {
  const alignment = new LogAlignment([aFrame(0, 'dropped\n')]);
  expect(alignment.newIn([aFrame(10, 'new\n')])).toHaveLength(1);
  expect(alignment.continuity).toBe('torn');
});

test('the log is joined when the last stored frame comes, and fresh when there is none', () => {
  const alignment = new LogAlignment([aFrame(0, 'dropped\n'), aFrame(1, 'kept\n')]);
  expect(alignment.newIn([aFrame(1, 'kept\n')])).toEqual([]);
  expect(alignment.continuity).toBe('joined');
  expect(new LogAlignment([]).continuity).toBe('fresh');
});
