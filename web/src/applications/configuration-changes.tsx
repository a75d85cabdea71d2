// What differs in the configuration of two packages.
import { Code, Text } from '@mantine/core';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { DataTable } from '../shown/data-table.tsx';

type Change = AnswerOf<'comparePackages'>['config'][number];

/** Values of both configurations, place by place. */
export function ConfigurationChanges({ changes }: { readonly changes: readonly Change[] }) {
  return (
    <DataTable
      caption="Values that differ"
      rows={changes}
      rowKey={({ path }) => path}
      empty="Both are configured in the same way."
      columns={[
        { label: 'Place', render: ({ path }) => <Code>{path}</Code> },
        { label: 'Before', render: ({ before }) => <Value value={before} /> },
        { label: 'After', render: ({ after }) => <Value value={after} /> },
      ]}
    />
  );
}

function Value({ value }: { readonly value: unknown }) {
  if (value === null || value === undefined)
    return (
      <Text span size="sm" c="dimmed">
        nothing
      </Text>
    );
  return <Code style={{ whiteSpace: 'pre-wrap' }}>{typeof value === 'string' ? value : JSON.stringify(value)}</Code>;
}
