// Occurrences that made no job, each with the reason, and the answer to why one ran or did not.
import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { useAnswer } from '../api/use-answer.ts';
import { usePages } from '../api/use-pages.ts';
import { DataTable } from '../shown/data-table.tsx';
import { ErrorPanel } from '../shown/error-panel.tsx';
import { Section } from '../shown/section.tsx';
import { StateBadge } from '../shown/state-badge.tsx';
import { When } from '../shown/when.tsx';

type Instance = AnswerOf<'showInstance'>;

const ORDINARY_MS = 15_000;

/** The gaps of an instance, newest first. */
export function InstanceGaps({ instance: { id, name, schedule } }: { readonly instance: Instance }) {
  const { zone } = schedule;
  const gaps = usePages('listGaps', { params: { instance: id }, query: { limit: 10 } }, { everyMs: ORDINARY_MS });
  return (
    <Section title="What did not run" about="Occurrences that made no job, and why.">
      <Stack gap="sm">
        <DataTable
          {...gaps}
          caption={`Occurrences of ${name} that made no job`}
          rowKey={({ from, outcome }) => `${from} ${outcome}`}
          empty="Every occurrence so far made a job."
          columns={[
            { label: 'From', sort: ({ from }) => from, render: ({ from }) => <When at={from} zone={zone} /> },
            { label: 'To', render: ({ to, count }) => (count === 1 ? '–' : <When at={to} zone={zone} />) },
            { label: 'How many', numeric: true, sort: ({ count }) => count, render: ({ count }) => count },
            { label: 'What', render: ({ outcome }) => <StateBadge state={outcome} /> },
            { label: 'Why', render: ({ reason }) => reason },
          ]}
        />
        <WhyAt instance={id} />
      </Stack>
    </Section>
  );
}

function WhyAt({ instance }: { readonly instance: string }) {
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState<string | null>(null);
  const answer = useAnswer(
    'whyOccurrence',
    { params: { instance }, query: { at: at ?? undefined } },
    { enabled: at !== null, everyMs: false },
  );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const time = new Date(typed);
        if (!Number.isNaN(time.getTime())) setAt(time.toISOString());
      }}
    >
      <Group align="flex-end" gap="sm">
        <TextInput
          type="datetime-local"
          step={1}
          label="Why did it run, or not, at …"
          description="In your own zone."
          value={typed}
          onChange={({ currentTarget }) => setTyped(currentTarget.value)}
        />
        <Button type="submit" variant="default" disabled={typed === ''} loading={answer.isFetching}>
          Ask
        </Button>
      </Group>
      {at !== null && answer.data && (
        <Text size="sm" mt="xs" role="status">
          {answer.data.sentence}
        </Text>
      )}
      {at !== null && answer.error && <ErrorPanel error={answer.error} />}
    </form>
  );
}
