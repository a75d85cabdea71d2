// A long list on a page: its first page, and further ones when somebody asks for more.
import { type InfiniteData, useInfiniteQuery } from '@tanstack/react-query';
import type { AnswerOf, ItemOf, PagedRoute } from '../../../src/api/contract/answers.ts';
import type { CallWords } from '../../../src/api/contract/call-path.ts';
import type { AnsweredError } from './answered-error.ts';
import { call } from './call.ts';

/** A list as far as it is known; made to be given to a `DataTable` as it is. */
export interface Pages<I> {
  /** Undefined: nothing is known yet. */
  readonly rows: readonly I[] | undefined;
  readonly error: AnsweredError | null;
  /** Null: these are all. */
  readonly more: { readonly load: () => void; readonly loading: boolean } | null;
}

interface Listed {
  readonly items: readonly unknown[];
  readonly next?: string | undefined;
}

const ORDINARY_MS = 5_000;

/** What a listing route answers now, page after page. While only its first page is shown it is asked again every `everyMs`. */
export function usePages<N extends PagedRoute>(
  name: N,
  words: CallWords = {},
  { everyMs = ORDINARY_MS, enabled = true }: { readonly everyMs?: number | false; readonly enabled?: boolean } = {},
): Pages<ItemOf<N>> {
  const asked = useInfiniteQuery<
    AnswerOf<N> & Listed,
    AnsweredError,
    InfiniteData<Listed>,
    unknown[],
    string | undefined
  >({
    queryKey: [name, words, 'pages'],
    queryFn: ({ signal, pageParam }) =>
      call(name, { ...words, query: { ...words.query, after: pageParam }, signal }) as Promise<AnswerOf<N> & Listed>,
    initialPageParam: undefined,
    getNextPageParam: ({ next }) => next,
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > 1 ? false : everyMs),
    enabled,
  });
  const rows = asked.data?.pages.flatMap(({ items }) => items as readonly ItemOf<N>[]);
  const more = { load: () => void asked.fetchNextPage(), loading: asked.isFetchingNextPage };
  return { rows, error: asked.error, more: asked.hasNextPage ? more : null };
}
