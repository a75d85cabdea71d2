// What runs now.
import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { DataTable } from '../shown/data-table.tsx';
import { Section } from '../shown/section.tsx';
import { StateBadge } from '../shown/state-badge.tsx';
import { When } from '../shown/when.tsx';

/** The latest jobs that run. */
export function RunningTable({ overview: { running, counts } }: { readonly overview: AnswerOf<'overview'> }) {
  const all = Object.values(counts.jobs).reduce((sum, count) => sum + count, 0);
  return (
    <Section
      title="Runs now"
      actions={
        all > running.length && (
          <Anchor component={Link} to="/jobs" size="sm">
            All {all}
          </Anchor>
        )
      }
    >
      <DataTable
        caption="Jobs that run now"
        rows={running}
        rowKey={({ id }) => id}
        linkTo={({ id }) => `/jobs/${encodeURIComponent(id)}`}
        empty="Nothing runs. Start an instance by hand on its page, or with berth run."
        columns={[
          { label: 'Instance', render: ({ instanceName }) => instanceName },
          { label: 'State', render: ({ state }) => <StateBadge state={state} /> },
          { label: 'Nodes', render: ({ nodes }) => nodes.join(', ') },
          {
            label: 'Since',
            sort: ({ startedAt }) => startedAt,
            render: ({ startedAt, startsAt }) => <When at={startedAt ?? startsAt} />,
          },
        ]}
      />
    </Section>
  );
}
