// Every attempt at a job's copies, with the reason of its end and its last lines.
import { Code, Stack, Text } from '@mantine/core';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { DataTable } from '../shown/data-table.tsx';
import { StateBadge } from '../shown/state-badge.tsx';
import { When } from '../shown/when.tsx';

type Task = AnswerOf<'showJob'>['tasks'][number];

/** Attempts, newest first. */
export function AttemptTable({ tasks }: { readonly tasks: readonly Task[] }) {
  return (
    <DataTable
      caption="Attempts"
      rows={tasks.toReversed()}
      rowKey={({ id }) => id}
      empty="No container was assigned yet."
      columns={[
        { label: 'Copy', render: ({ slot }) => String(slot + 1), sort: ({ slot }) => slot },
        { label: 'Attempt', numeric: true, render: ({ attempt }) => attempt },
        { label: 'State', render: ({ state }) => <StateBadge state={state} /> },
        { label: 'Node', render: ({ node }) => node },
        { label: 'Began', render: ({ startedAt }) => <When at={startedAt} /> },
        { label: 'Ended', render: ({ endedAt }) => (endedAt === null ? '' : <When at={endedAt} />) },
        { label: 'Exit code', numeric: true, render: ({ exitCode }) => exitCode ?? '' },
        { label: 'Reason', render: (task) => <Reason task={task} /> },
      ]}
    />
  );
}

function Reason({ task: { reason, runs, lastLines } }: { readonly task: Task }) {
  return (
    <Stack gap={4}>
      <Text size="sm">
        {reason}
        {runs.length > 1 && ` (${runs.length} starts of the algorithm)`}
      </Text>
      {lastLines.length > 0 && <Code block>{lastLines.join('\n')}</Code>}
    </Stack>
  );
}
