// Jobs as a table.
import type { ReactNode } from 'react';
import type { ItemOf } from '../../../src/api/contract/answers.ts';
import { duration } from '../shown/amounts.ts';
import { DataTable, type MoreRows } from '../shown/data-table.tsx';
import { instanceNameOf } from '../shown/instance-name-of.ts';
import { StateBadge } from '../shown/state-badge.tsx';
import { When } from '../shown/when.tsx';

type Job = ItemOf<'listJobs'>;

interface Listed {
  readonly caption: string;
  readonly rows: readonly Job[] | undefined;
  readonly error: Error | null;
  readonly more: MoreRows | null;
  readonly empty: ReactNode;
}

/** Each row leads to its job. */
export function JobTable({ caption, rows, error, more, empty }: Listed) {
  return (
    <DataTable
      {...{ caption, rows, error, more, empty }}
      rowKey={({ id }) => id}
      linkTo={({ id }) => `/jobs/${encodeURIComponent(id)}`}
      columns={[
        { label: 'Instance', render: ({ instance }) => instanceNameOf(instance), sort: ({ instance }) => instance },
        { label: 'State', render: ({ state }) => <StateBadge state={state} />, sort: ({ state }) => state },
        { label: 'Begins', render: ({ startsAt }) => <When at={startsAt} />, sort: ({ startsAt }) => startsAt },
        { label: 'Took', numeric: true, render: tookOf, sort: lengthOf },
        { label: 'Nodes', render: ({ nodes }) => nodes.join(', ') },
        { label: 'Because', render: ({ reason }) => reason },
      ]}
    />
  );
}

function lengthOf({ startedAt, endedAt }: Job): number | null {
  return startedAt === null || endedAt === null ? null : Date.parse(endedAt) - Date.parse(startedAt);
}

function tookOf(job: Job): string {
  const length = lengthOf(job);
  return length === null ? '' : duration(length);
}
