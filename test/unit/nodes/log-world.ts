// What tests of logs need: a real store, real blobs, a real clock, and a machine whose containers' logs the test writes.
import { onTestFinished } from 'vitest';
import { FileBlobs } from '../../../src/adapters/file-blobs/file-blobs.ts';
import { SqliteStore } from '../../../src/adapters/sqlite-store/sqlite-store.ts';
import { SystemClock } from '../../../src/adapters/system-clock/system-clock.ts';
import { LogBudget } from '../../../src/nodes/log-budget.ts';
import { LogTail, type LogTailParts } from '../../../src/nodes/log-tail.ts';
import type { LogFrame, Machine } from '../../../src/ports/machine.ts';
import { silentLog } from '../../contracts/silent-log.ts';
import { temporaryDirectory } from '../../contracts/temporary-directory.ts';

/** Everything that a tail needs, in a directory of the test's own. */
export async function logParts(): Promise<LogTailParts> {
  const directory = await temporaryDirectory();
  const clock = new SystemClock();
  const store = SqliteStore.open({ path: `${directory}/berth.db`, clock, log: silentLog });
  onTestFinished(() => store.close());
  const blobs = await FileBlobs.open({ directory: `${directory}/blobs`, clock });
  return { store, blobs, clock, log: silentLog, budget: new LogBudget(1e9), onGrown: async () => {} };
}

/** A tail whose timer ends with the test. */
export function aTail(parts: LogTailParts, task: string): LogTail {
  const tail = new LogTail(parts, task);
  onTestFinished(() => tail.end());
  return tail;
}

/** A frame at so many milliseconds after an arbitrary beginning. */
export function aFrame(atMs: number, text: string, stream: LogFrame['stream'] = 'stdout'): LogFrame {
  return { atNs: 1_700_000_000_000_000_000n + BigInt(Math.round(atMs * 1e6)), stream, bytes: Buffer.from(text) };
}

/** What comes at once. */
const BATCH_FRAMES = 3;
const BATCH_BYTES = 64 * 1024;

/** A machine that knows nothing but the log of one ended container, in the order in which Docker would give it. */
export function machineWithLog(frames: readonly LogFrame[]): Pick<Machine, 'logs'> {
  return {
    async *logs(_name, { sinceNs }) {
      let batch: LogFrame[] = [];
      for (const frame of frames.filter(({ atNs }) => atNs >= sinceNs)) {
        batch.push(frame);
        if (batch.length < BATCH_FRAMES && frame.bytes.length < BATCH_BYTES) continue;
        yield batch;
        batch = [];
      }
      if (batch.length > 0) yield batch;
    },
  };
}

/** What a person compares: time, stream and bytes as text. */
export function shown(frames: readonly LogFrame[]): readonly string[] {
  return frames.map(({ atNs, stream, bytes }) => `${atNs} ${stream} ${bytes.toString('latin1')}`);
}
