// Answers that change with what happens: asked for again as soon as an event says that something happened.
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { RouteName } from '../../../src/api/contract/endpoints.ts';
import { useRights } from './use-me.ts';
import { type StreamState, useStream } from './use-stream.ts';

const LEAST_MS = 1_000;

/** Asks for the answers of these routes again when something happens, at most once a second. Who may see no events gets them by time alone. */
export function useLively(
  names: readonly RouteName[],
  words: { readonly subject?: string; readonly application?: string } = {},
): StreamState {
  const queries = useQueryClient();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const may = useRights().anywhere('events:read');
  useEffect(() => () => clearTimeout(timer.current), []);
  return useStream(
    'followEvents',
    { query: { ...words } },
    () => {
      timer.current ??= setTimeout(() => {
        timer.current = undefined;
        for (const name of names) void queries.invalidateQueries({ queryKey: [name] });
      }, LEAST_MS);
    },
    may,
  );
}
