// The lines of a log that are looked at, a chunk at a time; whole chunks never change and are kept.
import { useQueries, useQuery } from '@tanstack/react-query';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import type { AnsweredError } from '../api/answered-error.ts';
import { call } from '../api/call.ts';
import type { ToldLine } from './log-line.tsx';

type Window = AnswerOf<'logWindow'>;

const CHUNK = 200;
const LIVE_MS = 700;

/** A log as far as it is loaded. */
export interface LogLines {
  /** Lines that it has now. */
  readonly lines: number;
  readonly line: (number: number) => ToldLine | undefined;
  readonly isKnown: boolean;
  readonly error: AnsweredError | null;
}

interface Looked {
  readonly from: number;
  readonly count: number;
  readonly isOpen: boolean;
}

/** The lines from `from` on. */
export function useLogLines(subject: string, { from, count, isOpen }: Looked): LogLines {
  const end = useQuery<Window, AnsweredError>({
    queryKey: ['logEnd', subject],
    queryFn: ({ signal }) => call('logWindow', { params: { subject }, query: { count: CHUNK }, signal }),
    refetchInterval: ({ state }) => (isOpen && state.data?.ended !== true ? LIVE_MS : false),
  });
  const lines = end.data?.lines ?? 0;
  const numbers = chunksOf(from, Math.min(from + count, lines));
  const chunks = useQueries({ queries: numbers.map((number) => chunkQuery(subject, number, lines)) });
  const known = [...chunks.map(({ data }) => data), end.data];
  const line = (number: number) => {
    const window = known.find((each) => each && number >= each.from && number < each.from + each.items.length);
    return window?.items[number - window.from];
  };
  return { lines, line, isKnown: end.data !== undefined, error: end.error };
}

function chunksOf(from: number, below: number): readonly number[] {
  const first = Math.floor(from / CHUNK);
  const last = Math.floor(Math.max(from, below - 1) / CHUNK);
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}

/** The last chunk is another one whenever the log has grown. */
function chunkQuery(subject: string, number: number, lines: number) {
  const from = number * CHUNK;
  const isWhole = from + CHUNK <= lines;
  return {
    queryKey: ['logChunk', subject, number, isWhole ? 'whole' : lines],
    queryFn: ({ signal }: { readonly signal: AbortSignal }): Promise<Window> =>
      call('logWindow', { params: { subject }, query: { from, count: CHUNK }, signal }),
    staleTime: Number.POSITIVE_INFINITY,
    enabled: from < lines,
  };
}
