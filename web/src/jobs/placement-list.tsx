// Why each copy is where it is: what every node was worth, or why it was refused.
import { Card, Stack, Text } from '@mantine/core';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { percent } from '../shown/amounts.ts';
import { DataTable } from '../shown/data-table.tsx';
import { When } from '../shown/when.tsx';

type Slot = AnswerOf<'showJob'>['slots'][number];

/** One card for each copy. */
export function PlacementList({ slots }: { readonly slots: readonly Slot[] }) {
  return (
    <Stack gap="md">
      {slots.map((slot) => (
        <Placed key={slot.index} slot={slot} />
      ))}
    </Stack>
  );
}

function Placed({ slot: { index, placement, lastEnd, failures } }: { readonly slot: Slot }) {
  return (
    <Card withBorder padding="sm">
      <Text fw={600} size="sm">
        Copy {index + 1}
      </Text>
      {placement === null && (
        <Text size="sm" c="dimmed">
          No place was looked for yet.
        </Text>
      )}
      {placement && (
        <Text size="sm" mb="xs">
          {placement.sentence} <When at={placement.at} />
        </Text>
      )}
      {placement && (
        <DataTable
          caption={`Nodes for copy ${index + 1}`}
          rows={placement.verdicts}
          rowKey={({ node }) => node}
          empty="There was no node."
          columns={[
            { label: 'Node', render: ({ node }) => (node === placement.chosen ? `${node} (chosen)` : node) },
            {
              label: 'Load',
              numeric: true,
              sort: ({ load }) => load ?? null,
              render: ({ load }) => (load === undefined ? '' : percent(load)),
            },
            { label: 'Refused because', render: ({ refused }) => refused ?? '' },
          ]}
        />
      )}
      {lastEnd !== null && (
        <Text size="sm" c="dimmed" mt="xs">
          {failures > 0 ? `${failures} failed in a row; the last: ` : 'Last end: '}
          {lastEnd}
        </Text>
      )}
    </Card>
  );
}
