// Output that a container had not sent when it ended. It lies on its scratch volume as files `<record>.rec`: one line of JSON, the same
// as the header `Berth-Record`, and then the bytes (sdk/python/berth/_spool.py writes them). They come by name, as they were written.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract } from 'tar-stream';
import { BerthError } from '../model/errors.ts';
import type { Task } from '../model/task.ts';
import type { Log } from '../ports/log.ts';
import type { Machine } from '../ports/machine.ts';
import { acceptRecord, type RecordKeeping } from './record-requests.ts';

const SPOOL_PATH = '/scratch/.berth/spool';

const SUFFIX = '.rec';

/** Not in a directory below: `refused/` holds what the platform has refused already. */
const RECORD_FILE = /^[^/]+\.rec$/;

const MOST_HEADER_BYTES = 12 * 1024;

const NEWLINE = 0x0a;

/** Takes what is left in an ended container's spool; a record that is refused is logged and left out. Calling it again is harmless. */
export async function collectLeftovers(
  keeping: RecordKeeping & { readonly log: Log },
  task: Task,
  machine: Machine,
): Promise<void> {
  const tar = await machine.getArchive(task.id, SPOOL_PATH);
  if (!tar) return;
  const entries = extract();
  const unpacking = pipeline(tar, entries);
  const taking = takeAll(keeping, task, entries);
  await Promise.all([unpacking, taking]);
}

async function takeAll(
  keeping: RecordKeeping & { readonly log: Log },
  task: Task,
  entries: ReturnType<typeof extract>,
): Promise<void> {
  for await (const entry of entries) {
    const name = entry.header.name.split('/').slice(1).join('/');
    const bytes: AsyncIterator<Buffer> = Readable.from(entry)[Symbol.asyncIterator]();
    if (entry.header.type === 'file' && RECORD_FILE.test(name)) {
      await take(keeping, task, name.slice(0, -SUFFIX.length), bytes);
    }
    while (!(await bytes.next()).done);
  }
}

async function take(
  keeping: RecordKeeping & { readonly log: Log },
  task: Task,
  id: string,
  file: AsyncIterator<Buffer>,
): Promise<void> {
  try {
    const { header, body } = await splitHeader(id, file);
    await acceptRecord(keeping, task, { id, header, body });
  } catch (error) {
    if (!(error instanceof BerthError) || error.retryable) throw error;
    keeping.log.warn('A record left in a container was refused', { task: task.id, record: id, error });
  }
}

/** The first line, and a stream of the rest. */
async function splitHeader(record: string, file: AsyncIterator<Buffer>): Promise<{ header: string; body: Readable }> {
  let read: Buffer = Buffer.alloc(0);
  while (!read.includes(NEWLINE)) {
    const next = await file.next();
    if (next.done || read.length > MOST_HEADER_BYTES) {
      throw new BerthError('record.invalid', { record, reason: 'its file has no header line' });
    }
    read = Buffer.concat([read, next.value]);
  }
  const end = read.indexOf(NEWLINE);
  const rest = read.subarray(end + 1);
  return { header: read.toString('utf8', 0, end), body: Readable.from(following(rest, file), { objectMode: false }) };
}

async function* following(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  if (first.length > 0) yield first;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}
