// The answer of a route on a page: kept, brought up to date, and asked for once though several pieces of a page show it.
import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import type { CallWords } from '../../../src/api/contract/call-path.ts';
import type { RouteName } from '../../../src/api/contract/endpoints.ts';
import type { AnsweredError } from './answered-error.ts';
import { call } from './call.ts';

/** How an answer is kept up to date. */
interface Freshness {
  /** Asked again this often while the page is looked at; false: only when something on it changes. */
  readonly everyMs?: number | false;
  /** False: not asked for yet. */
  readonly enabled?: boolean;
}

const ORDINARY_MS = 5_000;

/** What a GET route answers now. */
export function useAnswer<N extends RouteName>(
  name: N,
  words: CallWords = {},
  { everyMs = ORDINARY_MS, enabled = true }: Freshness = {},
): UseQueryResult<AnswerOf<N>, AnsweredError> {
  return useQuery<AnswerOf<N>, AnsweredError>({
    queryKey: [name, words],
    queryFn: ({ signal }) => call(name, { ...words, signal }),
    refetchInterval: everyMs,
    enabled,
  });
}
