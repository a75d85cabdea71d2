// The instances of one application.
import { Code } from '@mantine/core';
import { usePages } from '../api/use-pages.ts';
import { DataTable } from '../shown/data-table.tsx';
import { Section } from '../shown/section.tsx';
import { spoken } from '../shown/spoken.ts';
import { StateBadge } from '../shown/state-badge.tsx';
import { When } from '../shown/when.tsx';

/** What of it is configured to run. */
export function ApplicationInstances({ application }: { readonly application: string }) {
  const instances = usePages('listInstances', { query: { application } });
  return (
    <Section title="Instances" about="Its algorithms as they are configured to run.">
      <DataTable
        {...instances}
        caption={`Instances of ${application}`}
        rowKey={({ id }) => id}
        linkTo={({ name }) => `/instances/${encodeURIComponent(name)}`}
        empty={
          <>
            Nothing of it runs yet. Configure one of its algorithms, or use the command line:{' '}
            <Code>berth instance create -f FILE</Code>
          </>
        }
        columns={[
          { label: 'Name', sort: ({ name }) => name, render: ({ name }) => name },
          { label: 'Algorithm', render: ({ algorithm }) => algorithm },
          { label: 'When', render: ({ schedule }) => spoken(schedule.words, schedule.zone) },
          { label: 'State', render: ({ enabled }) => <StateBadge state={enabled ? 'enabled' : 'disabled'} /> },
          {
            label: 'Next',
            sort: ({ nextAt }) => nextAt,
            render: ({ nextAt, schedule }) => <When at={nextAt} zone={schedule.zone} />,
          },
        ]}
      />
    </Section>
  );
}
