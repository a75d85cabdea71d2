// Logs as the API answers them.
import type { z } from 'zod';
import type { readLog } from '../../nodes/log-reads.ts';
import type { logFrameView } from '../contract/views.ts';
import { iso } from './iso.ts';

type Frame = z.output<typeof logFrameView>;

type EntriesOf<G> = G extends AsyncGenerator<readonly (infer E)[]> ? E : never;

/** What is read of a log. An entry of a job's log knows its task; in that of one task it is always the same. */
export type LoggedEntry = EntriesOf<ReturnType<typeof readLog>> & { readonly task?: string };

/** Entries that are sent as one frame. */
interface Run {
  readonly first: LoggedEntry;
  readonly pieces: Buffer[];
  /** Nanoseconds at which the millisecond of the first begins. */
  readonly beginsNs: bigint;
  bytes: number;
}

const NS_PER_MS = 1_000_000n;

/** Bytes of one frame, from which on it takes no more pieces. */
const MOST_BYTES = 64 * 1024;

/**
 * Entries as frames, in their order. An engine makes a piece of every line, and each costs whoever sends and reads it: neighbours that
 * one task wrote to one stream within one millisecond are one frame. `task` is that of entries that do not know theirs.
 */
export function logFrameViews(entries: readonly LoggedEntry[], task: string): Frame[] {
  const runs: Run[] = [];
  let run: Run | undefined;
  for (const entry of entries) {
    if (run && belongs(entry, run)) {
      run.pieces.push(entry.bytes);
      run.bytes += entry.bytes.length;
    } else {
      run = runOf(entry);
      runs.push(run);
    }
  }
  return runs.map((each) => frameOf(each, task));
}

function runOf(entry: LoggedEntry): Run {
  const pieces = 'gap' in entry ? [] : [entry.bytes];
  return { first: entry, pieces, beginsNs: entry.atNs - (entry.atNs % NS_PER_MS), bytes: pieces[0]?.length ?? 0 };
}

function belongs(
  entry: LoggedEntry,
  { first, beginsNs, bytes }: Run,
): entry is Exclude<LoggedEntry, { readonly gap: string }> {
  if ('gap' in entry || 'gap' in first) return false;
  if (entry.stream !== first.stream || entry.task !== first.task || bytes >= MOST_BYTES) return false;
  return entry.atNs >= beginsNs && entry.atNs < beginsNs + NS_PER_MS;
}

function frameOf({ first, pieces, bytes, beginsNs }: Run, task: string): Frame {
  const times = { at: iso(Number(beginsNs / NS_PER_MS)), atNs: String(first.atNs), task: first.task ?? task };
  if ('gap' in first) return { ...times, stream: 'stderr', data: '', gap: first.gap };
  return { ...times, stream: first.stream, data: Buffer.concat(pieces, bytes).toString('base64') };
}
