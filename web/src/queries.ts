// What was asked for lately: pages that are left and opened again show it at once, and bring it up to date.
import { QueryClient } from '@tanstack/react-query';
import { AnsweredError } from './api/answered-error.ts';

const MOST_TRIES = 3;

/** Refusals stay refusals; only what may pass by itself is tried again. */
function worthTrying(tried: number, error: Error): boolean {
  const passing = !(error instanceof AnsweredError) || error.status === 0 || error.status >= 500;
  return passing && tried < MOST_TRIES;
}

/** The answers that pages share. */
export const QUERIES = new QueryClient({
  defaultOptions: { queries: { retry: worthTrying, staleTime: 1_000, refetchOnWindowFocus: true } },
});
