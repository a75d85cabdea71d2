// The processes of the platform, on all its machines.
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { useAnswer } from '../api/use-answer.ts';
import { bytes } from '../shown/amounts.ts';
import { DataTable } from '../shown/data-table.tsx';
import { Section } from '../shown/section.tsx';
import { StateBadge } from '../shown/state-badge.tsx';
import { When } from '../shown/when.tsx';

type Process = AnswerOf<'listProcesses'>['items'][number];

/** Each process: how it is, what it does, what waits in it. */
export function ProcessTable() {
  const processes = useAnswer('listProcesses');
  return (
    <Section title="Processes" about="What runs of the platform itself, as it said of itself.">
      <DataTable<Process>
        caption="Processes of the platform"
        rows={processes.data?.items}
        error={processes.error}
        rowKey={({ id }) => id}
        empty="No process has registered."
        columns={[
          { label: 'Process', render: ({ id }) => id, sort: ({ id }) => id },
          { label: 'Machine', render: ({ machine }) => machine, sort: ({ machine }) => machine },
          { label: 'State', render: ({ state }) => <StateBadge state={state} /> },
          { label: 'Roles', render: ({ roles }) => roles.join(', ') },
          { label: 'Waiting', numeric: true, render: ({ backlog }) => backlog.toLocaleString() },
          { label: 'Memory', numeric: true, render: ({ memoryBytes }) => bytes(memoryBytes) },
          { label: 'Heartbeat', render: ({ heartbeatAt }) => <When at={heartbeatAt} /> },
          { label: 'Version', render: ({ version }) => version },
        ]}
      />
    </Section>
  );
}
