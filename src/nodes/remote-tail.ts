// The growing end of a log that another process has, which looks after the task's node.
//
// INVARIANT: what this shows at the beginning is the stored log up to the segment that the other process named, as it was then, and behind
// it what that process had not stored at the same moment: nothing twice, nothing missing, however much is stored in between.
import type { LogSegment } from '../model/output.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { PeerAnswer, Peers } from '../ports/peers.ts';
import type { Store } from '../ports/store.ts';
import type { KeptFrame } from './log-entry.ts';
import { segmentsOf } from './log-segments.ts';
import type { LogSink, LogSnapshot, TailView } from './log-tail-view.ts';
import { type TailRecord, tailRecords } from './remote-tail-records.ts';

/** What reading from another process needs. */
export interface RemoteTailParts {
  readonly store: Store;
  readonly peers: Peers;
  readonly clock: Clock;
  readonly log: Log;
}

/** Until the beginning of a log has come; then what is stored is shown alone. */
const BEGINS_WITHIN_MS = 5000;
/** Three times as long as the other process says nothing at most: it stands still, and its successor may have the log. */
const SILENT_MS = 10_000;

/** How the other process is asked. */
interface Asked {
  readonly snapshot: LogSnapshot;
  /** What comes behind it. */
  readonly records: AsyncGenerator<TailRecord, void, undefined>;
}

/** The end of one task's log in another process. */
export class RemoteTail implements TailView {
  readonly task: string;
  readonly #parts: RemoteTailParts;
  readonly #component: string;
  readonly #open = new Map<LogSink, AbortController>();

  constructor(parts: RemoteTailParts, task: string, component: string) {
    this.#parts = parts;
    this.task = task;
    this.#component = component;
  }

  async snapshot(): Promise<LogSnapshot> {
    const read = new AbortController();
    const asked = await this.#asked('', read);
    read.abort();
    return asked?.snapshot ?? this.#storedAlone();
  }

  async watch(sink: LogSink): Promise<void> {
    const left = new AbortController();
    this.#open.set(sink, left);
    const asked = await this.#asked('?follow=true', left);
    if (asked) {
      sink.begin(asked.snapshot);
      void this.#show(sink, asked.records, left);
    } else {
      sink.begin(await this.#storedAlone());
      sink.cut();
    }
  }

  leave(sink: LogSink): void {
    this.#open.get(sink)?.abort();
    this.#open.delete(sink);
  }

  /** Undefined: the other process does not answer, or has no end of this log any more or yet. */
  async #asked(query: string, left: AbortController): Promise<Asked | undefined> {
    const { clock, peers, log } = this.#parts;
    const cancel = clock.after(BEGINS_WITHIN_MS, () => left.abort());
    try {
      const path = `/peer/v1/tails/${encodeURIComponent(this.task)}${query}`;
      const answer = await peers.fetch(this.#component, { method: 'GET', path, headers: {} }, left.signal);
      return await this.#begun(answer);
    } catch (error) {
      left.abort();
      log.info('The end of a log could not be read from the process that has it', { task: this.task, error });
      return undefined;
    } finally {
      cancel();
    }
  }

  async #begun({ status, body }: PeerAnswer): Promise<Asked | undefined> {
    if (status !== 200) {
      body.on('error', () => undefined).destroy();
      return undefined;
    }
    const records = tailRecords(body);
    const { value: first } = await records.next();
    if (first?.is !== 'beginning') throw new RangeError('the answer does not begin with the beginning of a log');
    const pending: KeptFrame[] = [];
    while (pending.length < first.beginning.pending) {
      const { value: next } = await records.next();
      if (next?.is !== 'frames') throw new RangeError('the answer broke off');
      pending.push(...next.frames);
    }
    return { snapshot: { segments: await this.#storedUpTo(first.beginning.segment), pending }, records };
  }

  async #storedUpTo(last: LogSegment | null): Promise<readonly LogSegment[]> {
    if (last === null) return [];
    const stored: LogSegment[] = [];
    for await (const segment of segmentsOf(this.#parts.store, this.task)) {
      if (segment.sequence >= last.sequence) break;
      stored.push(segment);
    }
    return [...stored, last];
  }

  async #storedAlone(): Promise<LogSnapshot> {
    return { segments: await Array.fromAsync(segmentsOf(this.#parts.store, this.task)), pending: [] };
  }

  async #show(sink: LogSink, records: Asked['records'], left: AbortController): Promise<void> {
    const { clock, log } = this.#parts;
    const giveUp = () => left.abort();
    let cancel = clock.after(SILENT_MS, giveUp);
    try {
      for await (const record of records) {
        cancel();
        cancel = clock.after(SILENT_MS, giveUp);
        if (record.is === 'frames') sink.push(record.frames);
        else if (record.is === 'gap') sink.push([record.gap]);
        else if (record.is === 'end') return sink.end();
      }
    } catch (error) {
      if (this.#open.has(sink)) log.info('The process that has the end of a log broke off', { task: this.task, error });
    } finally {
      cancel();
      // Behind an end it says nothing.
      sink.cut();
      this.leave(sink);
    }
  }
}
