// Searching a log: from match to match, loading more of them as they are asked for.

import { useDebouncedValue } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { call } from '../api/call.ts';

type Matches = AnswerOf<'searchLog'>;

const TYPING_MS = 250;
const PAGE = 500;

/** A search under way. */
export interface LogSearch {
  readonly typed: string;
  readonly type: (text: string) => void;
  /** What is sought, once nobody types any more. */
  readonly text: string;
  /** The line of the match that is shown; null: none yet. */
  readonly current: number | null;
  /** `3 of 120 lines`. */
  readonly words: string;
  /** Goes to the next or the one before; its line, or null without matches. */
  readonly step: (by: 1 | -1) => Promise<number | null>;
}

/** Searches the log of a job or task. */
export function useLogSearch(subject: string): LogSearch {
  const [typed, setTyped] = useState('');
  const [text] = useDebouncedValue(typed, TYPING_MS);
  const [at, setAt] = useState(-1);
  const found = useInfiniteQuery({
    queryKey: ['logSearch', subject, text],
    queryFn: ({ signal, pageParam }): Promise<Matches> =>
      call('searchLog', { params: { subject }, query: { text, from: pageParam, limit: PAGE }, signal }),
    initialPageParam: 0,
    getNextPageParam: ({ next }) => next ?? undefined,
    enabled: text !== '',
  });
  const lines = found.data?.pages.flatMap(({ matches }) => matches.map(({ line }) => line)) ?? [];
  const step = async (by: 1 | -1) => {
    const wanted = at + by;
    const all = wanted >= lines.length && found.hasNextPage ? await moreLines() : lines;
    if (all.length === 0) return null;
    const next = (wanted + all.length) % all.length;
    setAt(next);
    return all[next] ?? null;
  };
  /** One request looks through so much of a log at most: it is asked on until there is a match, or nothing more. */
  const moreLines = async () => {
    for (;;) {
      const { data, hasNextPage } = await found.fetchNextPage();
      const all = data?.pages.flatMap(({ matches }) => matches.map(({ line }) => line)) ?? lines;
      if (all.length > lines.length || !hasNextPage) return all;
    }
  };
  const type = (next: string) => {
    setTyped(next);
    setAt(-1);
  };
  const words = text === '' ? '' : wordsOf(found.isLoading, lines.length, at, found.data?.pages[0], found.hasNextPage);
  return { typed, type, text, current: lines[at] ?? null, words, step };
}

function wordsOf(isLoading: boolean, count: number, at: number, first: Matches | undefined, isMore: boolean): string {
  if (isLoading) return 'searching …';
  if (count === 0) return isMore ? 'none so far' : 'in no line';
  const total = first?.total ?? `${count}${isMore ? ' or more' : ''}`;
  return at < 0 ? `in ${total} lines` : `${at + 1} of ${total} lines`;
}
