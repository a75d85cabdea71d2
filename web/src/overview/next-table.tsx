// What runs next.
import { Anchor, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { DataTable } from '../shown/data-table.tsx';
import { Section } from '../shown/section.tsx';
import { When } from '../shown/when.tsx';

/** The first of what is due within 24 hours. */
export function NextTable({ overview: { next, nextTotal } }: { readonly overview: AnswerOf<'overview'> }) {
  return (
    <Section
      title="Runs next"
      actions={
        nextTotal > next.length && (
          <Anchor component={Link} to="/timeline" size="sm">
            All {nextTotal} within 24 hours
          </Anchor>
        )
      }
    >
      <DataTable
        caption="What is due within 24 hours"
        rows={byInstance(next)}
        rowKey={({ instance }) => instance}
        linkTo={({ instance }) => `/instances/${encodeURIComponent(instance)}`}
        empty="Nothing is due within 24 hours. Give an instance a schedule to see it here."
        columns={[
          { label: 'Instance', render: ({ instanceName }) => instanceName },
          { label: 'Application', render: ({ application }) => application },
          {
            label: 'First',
            render: ({ at, note }) => (
              <div>
                <When at={at} />
                {note !== null && (
                  <Text size="xs" c="dimmed">
                    {note}
                  </Text>
                )}
              </div>
            ),
          },
          { label: 'Then', render: ({ again }) => again !== null && <When at={again} /> },
        ]}
      />
    </Section>
  );
}

type Coming = AnswerOf<'overview'>['next'][number];

/** The first of each instance, with the one after it: what runs every minute hides nothing else. */
function byInstance(next: readonly Coming[]): readonly (Coming & { readonly again: string | null })[] {
  const groups = Map.groupBy(next, ({ instance }) => instance);
  return [...groups.values()].flatMap(([first, second]) => (first ? [{ ...first, again: second?.at ?? null }] : []));
}
