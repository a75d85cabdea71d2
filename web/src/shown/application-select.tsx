// Narrowing a list to one application.
import { Select } from '@mantine/core';
import { useAnswer } from '../api/use-answer.ts';

const MOST = 1_000;
const SELDOM_MS = 60_000;

interface Chosen {
  /** Null: all of them. */
  readonly value: string | null;
  readonly onChange: (application: string | null) => void;
}

/** The applications that the viewer sees. */
export function ApplicationSelect({ value, onChange }: Chosen) {
  const { data } = useAnswer('listApplications', { query: { limit: MOST } }, { everyMs: SELDOM_MS });
  const names = data?.items.map(({ name }) => name) ?? [];
  return (
    <Select label="Application" placeholder="all" clearable searchable data={names} value={value} onChange={onChange} />
  );
}
