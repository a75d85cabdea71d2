// What the last jobs of an instance gave as output.
import { Anchor, Stack } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { useAnswer } from '../api/use-answer.ts';
import { OutputCard } from '../jobs/output-list.tsx';
import { Section } from '../shown/section.tsx';

const MOST = 3;

/** The output of its newest job, or of the one before while that has none yet. */
export function LastOutput({ jobs }: { readonly jobs: AnswerOf<'instanceHistory'>['jobs'] | undefined }) {
  const [newest, before] = (jobs ?? []).map(({ job }) => job);
  const first = useOutputs(newest);
  const second = useOutputs(first.data?.items.length === 0 ? before : undefined);
  const [job, found] = first.data && first.data.items.length > 0 ? [newest, first.data] : [before, second.data];
  if (!found || job === undefined || found.items.length === 0) return null;
  return (
    <Section
      title="Last output"
      about={
        <Anchor component={Link} to={`/jobs/${encodeURIComponent(job)}`} size="sm">
          Everything that this job gave
        </Anchor>
      }
    >
      <Stack gap="xs">
        {found.items.map((output) => (
          <OutputCard key={output.id} output={output} />
        ))}
      </Stack>
    </Section>
  );
}

function useOutputs(job: string | undefined) {
  return useAnswer(
    'listOutputs',
    { params: { job: job ?? '' }, query: { limit: MOST, order: 'newest' } },
    { enabled: job !== undefined },
  );
}
