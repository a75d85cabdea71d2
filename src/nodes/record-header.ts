// What the SDK says of a record: the JSON of the header `Berth-Record`, and of the first line of a spool file.
import { z } from 'zod';
import { BerthError } from '../model/errors.ts';

const instant = z.int().min(0).max(8_640_000_000_000_000);

const described = {
  name: z.string().max(200),
  contentType: z.string().max(200),
  at: instant,
};

const runHeader = z.strictObject({
  kind: z.literal('run'),
  ...described,
  number: z.int().min(1),
  startedAt: instant,
  endedAt: instant.nullable(),
  exitCode: z.int().nullable(),
  signal: z.string().max(20).nullable(),
});

const outputHeader = z.strictObject({ kind: z.enum(['text', 'json', 'file']), ...described });

const header = z.discriminatedUnion('kind', [runHeader, outputHeader]);

/** What is said of a run of the algorithm. */
export type RunHeader = z.infer<typeof runHeader>;

/** What is said of a piece of output. */
export type OutputHeader = z.infer<typeof outputHeader>;

const RECORD_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/;

/** Checks a record's id and header, as they came from a container. @throws record.invalid */
export function readRecordHeader(record: string, text: string): RunHeader | OutputHeader {
  if (!RECORD_ID.test(record))
    throw invalid(record.slice(0, 128), 'its id must be letters, digits, "_" and "-", 128 at most');
  const read = header.safeParse(parsed(record, text));
  if (read.success) return read.data;
  throw invalid(record, z.prettifyError(read.error).replaceAll('\n', ' ').slice(0, 500));
}

function parsed(record: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(record, `its header is not JSON (${error instanceof Error ? error.message : String(error)})`);
  }
}

function invalid(record: string, reason: string): BerthError {
  return new BerthError('record.invalid', { record, reason });
}
