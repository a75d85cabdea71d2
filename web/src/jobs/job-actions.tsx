// What a job asked to be done.
import { usePages } from '../api/use-pages.ts';
import { DataTable } from '../shown/data-table.tsx';
import { StateBadge } from '../shown/state-badge.tsx';
import { When } from '../shown/when.tsx';

/** The actions of a job, each leading to its trail. */
export function JobActions({ job }: { readonly job: string }) {
  const { rows, error, more } = usePages('listActions', { query: { job } });
  return (
    <DataTable
      caption="Actions of this job"
      {...{ rows, error, more }}
      rowKey={({ id }) => id}
      linkTo={({ id }) => `/actions/${encodeURIComponent(id)}`}
      empty="It asked for nothing."
      columns={[
        { label: 'For', render: ({ target }) => target },
        { label: 'Kind', render: ({ kind }) => kind },
        { label: 'State', render: ({ state }) => <StateBadge state={state} /> },
        { label: 'Asked', render: ({ requestedAt }) => <When at={requestedAt} /> },
        { label: 'Because', render: ({ reason }) => reason },
      ]}
    />
  );
}
