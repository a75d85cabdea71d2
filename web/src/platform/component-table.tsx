// The parts of the platform with their heartbeats.
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { useAnswer } from '../api/use-answer.ts';
import { DataTable } from '../shown/data-table.tsx';
import { Section } from '../shown/section.tsx';
import { StateBadge } from '../shown/state-badge.tsx';
import { When } from '../shown/when.tsx';

type Component = AnswerOf<'components'>['items'][number];

const NAMES: Readonly<Record<Component['name'], string>> = {
  engine: 'Engine',
  api: 'API and console',
  store: 'Store',
  bus: 'Bus',
  devices: 'Devices (MQTT)',
  logs: 'Logs',
  sdk: 'SDK of tasks',
  nodes: 'Nodes',
};

/** Each part: how it is, since when, when it last answered, what waits for it. */
export function ComponentTable() {
  const components = useAnswer('components');
  return (
    <Section title="Components">
      <DataTable<Component>
        caption="Components of the platform"
        rows={components.data?.items}
        error={components.error}
        rowKey={({ name }) => name}
        empty="The platform tells nothing of its parts."
        columns={[
          { label: 'Part', render: ({ name }) => NAMES[name] ?? name },
          { label: 'State', render: ({ state }) => <StateBadge state={state} /> },
          { label: 'How it is', render: ({ sentence }) => sentence },
          { label: 'Waiting', numeric: true, render: ({ backlog }) => backlog?.toLocaleString() ?? '–' },
          { label: 'Heartbeat', render: ({ heartbeatAt }) => <When at={heartbeatAt} /> },
          { label: 'Since', render: ({ since }) => <When at={since} /> },
        ]}
      />
    </Section>
  );
}
