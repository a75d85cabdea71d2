// How the end of a log travels from the process that has it to one that reads it: records one after the other.
//
//   byte 0       kind: 1 beginning, 2 frames, 3 missing stretch, 4 the log is complete, 5 nothing new, 6 the log goes on elsewhere
//   bytes 1–4    length of what follows, unsigned, big-endian
//   bytes 5–     beginning: JSON of the last stored segment and the number of frames that are not stored, which come next; frames: as they
//                are stored (log-frames.ts); missing stretch: JSON
import type { LogSegment } from '../model/output.ts';
import { isGap, type KeptFrame, type LogEntry, type LogGap } from './log-entry.ts';
import { decodeFrames, encodeFrames } from './log-frames.ts';

/** The end of a log when a reader comes. */
export interface TailBeginning {
  /** The last stored segment, as it was then; null: none. */
  readonly segment: LogSegment | null;
  /** Frames that were not stored yet, and follow. */
  readonly pending: number;
}

/** What comes from the end of a log. */
export type TailRecord =
  | { readonly is: 'beginning'; readonly beginning: TailBeginning }
  | { readonly is: 'frames'; readonly frames: readonly KeptFrame[] }
  | { readonly is: 'gap'; readonly gap: LogGap }
  | { readonly is: 'end' | 'beat' | 'elsewhere' };

const KINDS = { beginning: 1, frames: 2, gap: 3, end: 4, beat: 5, elsewhere: 6 } as const;
const HEADER_BYTES = 5;
/** What waits at one end of a log is a few megabytes. */
const LARGEST_BYTES = 64 * 1024 * 1024;

/** The first record. */
export function beginningRecord(beginning: TailBeginning): Buffer {
  return record('beginning', Buffer.from(JSON.stringify(beginning)));
}

/** A record without contents. */
export function plainRecord(kind: 'end' | 'beat' | 'elsewhere'): Buffer {
  return record(kind, Buffer.alloc(0));
}

/** Entries as records, in order. */
export function entryRecords(entries: readonly LogEntry[]): Buffer {
  const records: Buffer[] = [];
  let frames: KeptFrame[] = [];
  const close = () => {
    if (frames.length > 0) records.push(record('frames', encodeFrames(frames)));
    frames = [];
  };
  for (const entry of entries) {
    if (!isGap(entry)) frames.push(entry);
    else {
      close();
      records.push(record('gap', Buffer.from(JSON.stringify({ atNs: String(entry.atNs), gap: entry.gap }))));
    }
  }
  close();
  return Buffer.concat(records);
}

/** The records in a stream of bytes that may be cut anywhere. @throws RangeError for bytes that are none */
export async function* tailRecords(chunks: AsyncIterable<Buffer>): AsyncGenerator<TailRecord, void, undefined> {
  let parts: Buffer[] = [];
  let have = 0;
  let wanted = HEADER_BYTES;
  for await (const chunk of chunks) {
    parts.push(chunk);
    have += chunk.length;
    if (have < wanted) continue;
    let bytes = Buffer.concat(parts);
    for (wanted = recordLength(bytes); bytes.length >= wanted; wanted = recordLength(bytes)) {
      yield await decoded(bytes.subarray(0, wanted));
      bytes = bytes.subarray(wanted);
    }
    parts = bytes.length === 0 ? [] : [bytes];
    have = bytes.length;
  }
}

function record(kind: keyof typeof KINDS, contents: Buffer): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt8(KINDS[kind], 0);
  header.writeUInt32BE(contents.length, 1);
  return Buffer.concat([header, contents]);
}

/** The whole length of the first record, as far as it can be known yet. */
function recordLength(bytes: Buffer): number {
  if (bytes.length < HEADER_BYTES) return HEADER_BYTES;
  const length = bytes.readUInt32BE(1);
  if (length > LARGEST_BYTES) throw new RangeError(`a record claims to have ${length} bytes`);
  return HEADER_BYTES + length;
}

async function decoded(bytes: Buffer): Promise<TailRecord> {
  const kind = bytes.readUInt8(0);
  const contents = bytes.subarray(HEADER_BYTES);
  if (kind === KINDS.frames)
    return { is: 'frames', frames: (await Array.fromAsync(decodeFrames(once(contents)))).flat() };
  if (kind === KINDS.end) return { is: 'end' };
  if (kind === KINDS.beat) return { is: 'beat' };
  if (kind === KINDS.elsewhere) return { is: 'elsewhere' };
  const value = JSON.parse(contents.toString()) as unknown;
  if (kind === KINDS.beginning) return { is: 'beginning', beginning: value as TailBeginning };
  if (kind !== KINDS.gap) throw new RangeError(`there is no record ${kind}`);
  const { atNs, gap } = value as { readonly atNs: string; readonly gap: string };
  return { is: 'gap', gap: { atNs: BigInt(atNs), gap } };
}

async function* once(contents: Buffer): AsyncGenerator<Buffer> {
  yield contents;
}
