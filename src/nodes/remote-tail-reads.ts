// What a process answers to another that reads the log of a task whose node is looked after here.
import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';
import type { LiveLogs } from './log-live.ts';
import { lastSegment } from './log-segments.ts';
import type { LogTail } from './log-tail.ts';
import { RemoteTailFeed } from './remote-tail-feed.ts';

/** Where the ends of logs are. */
export interface TailSource {
  readonly live: LiveLogs;
  readonly store: Store;
  readonly clock: Clock;
}

/** Which log, and whether what comes later is wanted as well. */
export interface TailWish {
  readonly task: string;
  readonly follow: boolean;
}

const BEAT_MS = 3000;

/** The end of a task's log as records (remote-tail-records.ts), until it ends or the signal aborts; undefined: it is not here. */
export async function openTail(
  source: TailSource,
  { task, follow }: TailWish,
  signal: AbortSignal,
): Promise<AsyncIterable<Buffer> | undefined> {
  const tail = await source.live.find(task);
  return tail && recordsOf(source, tail, follow, signal);
}

async function* recordsOf(
  { store, clock }: TailSource,
  tail: LogTail,
  follow: boolean,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void, undefined> {
  const feed = new RemoteTailFeed();
  const leave = () => feed.cut();
  signal.addEventListener('abort', leave, { once: true });
  let cancel = clock.after(BEAT_MS, beat);
  function beat(): void {
    feed.beat();
    cancel = clock.after(BEAT_MS, beat);
  }
  try {
    await tail.watchFrom(feed, async () => {
      const last = await lastSegment(store, tail.task);
      return last ? [last.doc] : [];
    });
    if (!follow) feed.cut();
    yield* feed;
  } finally {
    cancel();
    signal.removeEventListener('abort', leave);
    tail.leave(feed);
  }
}
