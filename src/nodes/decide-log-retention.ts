// Judges which stored segments of a task's log go: those older than the limit, and the oldest while all together are too large. Pure.
import type { Instant } from '../model/instant.ts';
import type { LogSegment } from '../model/output.ts';

/** How much of a log is kept. */
export interface LogLimits {
  readonly mostAgeMs: number;
  /** Bytes of the application's, per task; the last segment is kept whatever its size. */
  readonly mostBytesPerTask: number;
}

/** Which segments go, and what is written in their place: `gap` belongs before `marked`, the first that stays, or the last that goes when none stays. */
export interface LogRetention {
  readonly dropped: readonly LogSegment[];
  readonly marked: LogSegment | undefined;
  readonly gap: string;
}

/** The segments of one task's log, in order, that are not kept any more. */
export function decideLogRetention(segments: readonly LogSegment[], limits: LogLimits, now: Instant): LogRetention {
  const aged = segments.findIndex((segment) => segment.toAt >= now - limits.mostAgeMs);
  const tooOld = aged === -1 ? segments.length : aged;
  const tooMany = countTooMany(segments, limits.mostBytesPerTask);
  const count = Math.max(tooOld, tooMany);
  const reason =
    tooOld >= tooMany ? `older than ${days(limits.mostAgeMs)}` : `more than ${limits.mostBytesPerTask} bytes`;
  const dropped = segments.slice(0, count);
  const last = dropped.at(-1);
  const bytes = dropped.reduce((sum, segment) => sum + segment.sizeBytes, 0);
  const until = last ? new Date(last.toAt).toISOString() : '';
  const gap = `The log until ${until} was dropped by the limit on logs (${reason}); ${bytes} bytes of it now.`;
  return { dropped, marked: segments[count] ?? last, gap };
}

function countTooMany(segments: readonly LogSegment[], mostBytes: number): number {
  let kept = 0;
  for (let index = segments.length - 1; index >= 0; index--) {
    kept += segments[index]?.sizeBytes ?? 0;
    if (kept > mostBytes) return Math.min(index + 1, segments.length - 1);
  }
  return 0;
}

function days(ms: number): string {
  const count = ms / 86_400_000;
  return count >= 1 ? `${Math.round(count)} days` : `${Math.round(ms / 60_000)} minutes`;
}
