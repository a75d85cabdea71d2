// What algorithms asked to be done, and what became of it.
import { Group, Select } from '@mantine/core';
import { useState } from 'react';
import { useLively } from '../api/use-lively.ts';
import { usePages } from '../api/use-pages.ts';
import { DataTable } from '../shown/data-table.tsx';
import { instanceNameOf } from '../shown/instance-name-of.ts';
import { LiveMark } from '../shown/live-mark.tsx';
import { PageTitle } from '../shown/page-title.tsx';
import { StateBadge } from '../shown/state-badge.tsx';
import { When } from '../shown/when.tsx';

const STATES = ['waiting', 'held', 'sending', 'delivered', 'failed', 'refused', 'unknown'];

/** All actions that the viewer may see, newest first. */
export function ActionsPage() {
  const [state, setState] = useState<string | null>(null);
  const live = useLively(['listActions']);
  const pages = usePages('listActions', { query: { state: state ?? undefined } });
  return (
    <>
      <PageTitle
        title="Actions"
        about="What algorithms asked to be done: e-mails, messages, notices, webhooks, controls of devices."
      >
        <LiveMark state={live} />
      </PageTitle>
      <Group mb="md">
        <Select label="State" placeholder="any" clearable data={STATES} value={state} onChange={setState} />
      </Group>
      <DataTable
        caption="Actions"
        {...pages}
        rowKey={({ id }) => id}
        linkTo={({ id }) => `/actions/${encodeURIComponent(id)}`}
        empty={state === null ? 'Nothing was asked for yet.' : 'No action is like that.'}
        columns={[
          { label: 'For', render: ({ target }) => target },
          { label: 'Kind', render: ({ kind }) => kind, sort: ({ kind }) => kind },
          { label: 'State', render: (action) => <StateBadge state={action.state} />, sort: (action) => action.state },
          { label: 'Instance', render: ({ instance }) => instanceNameOf(instance), sort: ({ instance }) => instance },
          {
            label: 'Asked',
            render: ({ requestedAt }) => <When at={requestedAt} />,
            sort: ({ requestedAt }) => requestedAt,
          },
          { label: 'Tries', numeric: true, render: ({ tries }) => tries },
          { label: 'Because', render: ({ reason }) => reason },
        ]}
      />
    </>
  );
}
