// The page of one thing before the thing is there.
import { Skeleton } from '@mantine/core';
import type { AnsweredError } from '../api/answered-error.ts';
import { ErrorPanel } from './error-panel.tsx';
import { PageTitle } from './page-title.tsx';

interface Awaited {
  readonly title: string;
  readonly above: readonly { readonly to: string; readonly label: string }[];
  /** Why the thing does not come; null: it may yet. */
  readonly error: AnsweredError | null;
}

/** The head of the page, with what is known so far. */
export function AwaitedPage({ title, above, error }: Awaited) {
  return (
    <>
      <PageTitle title={title} above={above} />
      {error ? <ErrorPanel error={error} /> : <Skeleton height={320} />}
    </>
  );
}
