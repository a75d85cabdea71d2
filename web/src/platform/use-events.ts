// What happened, newest first, with what happens while somebody looks.
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import type { ItemOf } from '../../../src/api/contract/answers.ts';
import { type Pages, usePages } from '../api/use-pages.ts';
import { type StreamState, useStream } from '../api/use-stream.ts';

/** An event as the platform answers it. */
export type EventRow = ItemOf<'listEvents'>;

/** Held of what came live; older ones are in the list when it is asked for again. */
const MOST_LIVE = 1_000;
const AT_ONCE = 200;

/** Events of an application, or of all that the viewer may see. */
export function useEvents(application: string | undefined): Pages<EventRow> & { readonly state: StreamState } {
  const queries = useQueryClient();
  const words = { query: { application } };
  const listed = usePages('listEvents', { query: { application, limit: AT_ONCE } }, { everyMs: false });
  const [live, setLive] = useState<readonly EventRow[]>([]);
  const state = useStream('followEvents', words, ({ event, data }) => {
    if (event === 'event') setLive((before) => [data as EventRow, ...before].slice(0, MOST_LIVE));
  });
  useEffect(
    () => setLive(application === undefined ? [] : (before) => before.filter((row) => row.application === application)),
    [application],
  );
  useEffect(() => {
    if (state === 'live') void queries.invalidateQueries({ queryKey: ['listEvents'] });
  }, [state, queries]);
  const { rows: known } = listed;
  const rows = useMemo(() => (known ? merged(live, known) : undefined), [live, known]);
  return { ...listed, rows, state };
}

/** Both, without those that are in both. */
function merged(live: readonly EventRow[], known: readonly EventRow[]): readonly EventRow[] {
  const ids = new Set(known.map(({ id }) => id));
  return [...live.filter(({ id }) => !ids.has(id)), ...known];
}
