// One action with its trail: what was asked, every try, what the other side said.
import { Button, Code, Stack } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { useAct } from '../api/use-act.ts';
import { useAnswer } from '../api/use-answer.ts';
import { useRights } from '../api/use-me.ts';
import { useProjectOf } from '../api/use-project-of.ts';
import { askFirst } from '../shown/ask-first.tsx';
import { AwaitedPage } from '../shown/awaited-page.tsx';
import { DataTable } from '../shown/data-table.tsx';
import { Facts } from '../shown/facts.tsx';
import { PageTitle } from '../shown/page-title.tsx';
import { Section } from '../shown/section.tsx';
import { StateBadge } from '../shown/state-badge.tsx';
import { SubjectLink } from '../shown/subject-link.tsx';
import { When } from '../shown/when.tsx';

type Action = AnswerOf<'showAction'>;

const ENDED_BADLY = ['failed', 'unknown', 'held', 'waiting'];

const ABOVE = [{ to: '/actions', label: 'Actions' }];

/** The page of an action. */
export function ActionPage() {
  const { action } = useParams({ strict: false }) as { readonly action: string };
  const found = useAnswer('showAction', { params: { action } });
  if (!found.data) return <AwaitedPage title="Action" above={ABOVE} error={found.error} />;
  const { data } = found;
  return (
    <>
      <PageTitle title={`${data.kind} to ${data.target}`} about={<Head action={data} />} above={ABOVE}>
        <TryAgain action={data} />
      </PageTitle>
      <Stack gap="xl">
        <Facts
          facts={[
            ['Instance', <SubjectLink key="i" subject={`instance:${data.instance}`} />],
            ['Job', <SubjectLink key="j" subject={`job:${data.job}`} />],
            ['Asked', <When key="a" at={data.requestedAt} />],
            data.endedAt === null ? null : ['Ended', <When key="e" at={data.endedAt} />],
            data.nextAt === null ? null : ['Looked at next', <When key="n" at={data.nextAt} />],
            ['Given up', <When key="x" at={data.expiresAt} />],
            data.again && ['Tried again by', data.again.by],
          ]}
        />
        <Section title="What was asked">
          <Code block>{JSON.stringify(data.order, null, 2)}</Code>
        </Section>
        <Attempts action={data} />
      </Stack>
    </>
  );
}

function Head({ action: { state, reason } }: { readonly action: Action }) {
  return (
    <>
      <StateBadge state={state} /> {reason}
    </>
  );
}

function Attempts({ action: { attempts, answer } }: { readonly action: Action }) {
  return (
    <Section title="Tries">
      <DataTable
        caption="Tries"
        rows={attempts.toReversed()}
        rowKey={({ act }) => act}
        empty="It was not tried yet."
        columns={[
          { label: 'When', render: ({ at }) => <When at={at} /> },
          { label: 'Outcome', render: ({ outcome }) => <StateBadge state={outcome} /> },
          { label: 'What the other side said', render: ({ text }) => text },
          { label: 'Reached', render: ({ reached }) => reached.join(', ') },
        ]}
      />
      {answer !== null && answer !== undefined && <Code block>{JSON.stringify(answer, null, 2)}</Code>}
    </Section>
  );
}

function TryAgain({ action }: { readonly action: Action }) {
  const project = useProjectOf()(action.application);
  const may = useRights().here('actions:write', project);
  const again = useAct('retryAction', { done: () => 'It is tried again now.' });
  if (!may || !ENDED_BADLY.includes(action.state)) return null;
  const ask = () =>
    askFirst({
      title: 'Try it again?',
      what:
        action.state === 'unknown'
          ? 'Nobody knows whether it was done: trying again may do it twice.'
          : 'It is tried now, whatever budget and quiet hours say.',
      act: 'Try again',
      onYes: () => again.mutate({ params: { action: action.id } }),
    });
  return (
    <Button variant="default" loading={again.isPending} onClick={ask}>
      Try again
    </Button>
  );
}
