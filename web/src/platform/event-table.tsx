// Events as a list.
import { Code, Text } from '@mantine/core';
import { DataTable, type MoreRows } from '../shown/data-table.tsx';
import { SubjectLink } from '../shown/subject-link.tsx';
import { When } from '../shown/when.tsx';
import type { EventRow } from './use-events.ts';

interface Listed {
  readonly caption: string;
  readonly rows: readonly EventRow[] | undefined;
  readonly error: Error | null;
  readonly more: MoreRows | null;
  readonly empty: string;
}

/** When, what, about what, and on what evidence. */
export function EventTable(listed: Listed) {
  return (
    <DataTable
      {...listed}
      rowKey={({ id }) => id}
      columns={[
        { label: 'When', render: ({ at }) => <When at={at} /> },
        { label: 'What happened', render: (event) => <Happened event={event} /> },
        { label: 'About', render: ({ subject }) => <SubjectLink subject={subject} /> },
        {
          label: 'Kind',
          render: ({ kind }) => (
            <Text span size="sm" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
              {kind}
            </Text>
          ),
        },
      ]}
    />
  );
}

function Happened({ event: { text, evidence } }: { readonly event: EventRow }) {
  const facts = Object.entries(evidence);
  return (
    <div>
      {text}
      {facts.length > 0 && (
        <details>
          <Text component="summary" size="xs" c="dimmed">
            evidence
          </Text>
          <Code block>{facts.map(([name, value]) => `${name}: ${String(value)}`).join('\n')}</Code>
        </details>
      )}
    </div>
  );
}
