// What failed lately, and why.
import { Code, Text } from '@mantine/core';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { DataTable } from '../shown/data-table.tsx';
import { Section } from '../shown/section.tsx';
import { When } from '../shown/when.tsx';

type Failure = AnswerOf<'overview'>['failures'][number];

const FEW_LINES = 3;

/** The latest failures, each with its reason and the last words of the algorithm. */
export function FailureList({ overview: { failures } }: { readonly overview: AnswerOf<'overview'> }) {
  return (
    <Section title="Failed, and why">
      <DataTable<Failure>
        caption="Jobs that failed"
        rows={failures}
        rowKey={({ job }) => job}
        linkTo={({ job }) => `/jobs/${encodeURIComponent(job)}`}
        empty="Nothing failed."
        columns={[
          { label: 'Instance', render: ({ instanceName }) => instanceName },
          { label: 'Algorithm', render: ({ application, algorithm }) => `${application} / ${algorithm}` },
          { label: 'Why', render: (failure) => <Why failure={failure} /> },
          { label: 'When', render: ({ endedAt }) => <When at={endedAt} /> },
        ]}
      />
    </Section>
  );
}

function Why({ failure: { reason, lastLines } }: { readonly failure: Failure }) {
  return (
    <div>
      <Text size="sm">{reason}</Text>
      {lastLines.length > 0 && (
        <Code block mt={4} style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
          {lastLines.slice(-FEW_LINES).join('\n')}
        </Code>
      )}
    </div>
  );
}
