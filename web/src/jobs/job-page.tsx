// One run: why it runs now and here, what came of each attempt, its log, output, plots and actions.
import { Button, Code, List, Stack, Tabs, Text } from '@mantine/core';
import { useNavigate, useParams } from '@tanstack/react-router';
import { CircleStop, RotateCcw } from 'lucide-react';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { useAct } from '../api/use-act.ts';
import { useAnswer } from '../api/use-answer.ts';
import { useLively } from '../api/use-lively.ts';
import { useRights } from '../api/use-me.ts';
import { useProjectOf } from '../api/use-project-of.ts';
import { askFirst } from '../shown/ask-first.tsx';
import { AwaitedPage } from '../shown/awaited-page.tsx';
import { instanceNameOf } from '../shown/instance-name-of.ts';
import { LiveMark } from '../shown/live-mark.tsx';
import { PageTitle } from '../shown/page-title.tsx';
import { Section } from '../shown/section.tsx';
import { StateBadge } from '../shown/state-badge.tsx';
import { AttemptTable } from './attempt-table.tsx';
import { JobActions } from './job-actions.tsx';
import { JobFacts } from './job-facts.tsx';
import { LogView } from './log-view.tsx';
import { OutputList } from './output-list.tsx';
import { PlacementList } from './placement-list.tsx';
import { UsagePlots } from './usage-plots.tsx';

type Job = AnswerOf<'showJob'>;

const ABOVE = [{ to: '/jobs', label: 'Jobs' }];

/** The page of a job. */
export function JobPage() {
  const { job } = useParams({ strict: false }) as { readonly job: string };
  const live = useLively(['showJob', 'listOutputs', 'listActions']);
  const found = useAnswer('showJob', { params: { job } });
  if (!found.data) return <AwaitedPage title="Job" above={ABOVE} error={found.error} />;
  const { data } = found;
  return (
    <>
      <PageTitle title={`Job of ${instanceNameOf(data.instance)}`} about={<Head job={data} />} above={ABOVE}>
        {data.endedAt === null && <LiveMark state={live} />}
        <JobButtons job={data} />
      </PageTitle>
      <JobParts job={data} />
    </>
  );
}

function Head({ job: { state, reason, id } }: { readonly job: Job }) {
  return (
    <>
      <StateBadge state={state} /> {reason} <Code>{id}</Code>
    </>
  );
}

function JobParts({ job }: { readonly job: Job }) {
  const isOpen = job.endedAt === null;
  const rights = useRights();
  const project = useProjectOf()(job.application);
  return (
    <Stack gap="xl">
      <JobFacts job={job} />
      <Tabs defaultValue={rights.here('logs:read', project) ? 'log' : 'output'} keepMounted={false}>
        <Tabs.List mb="md">
          {rights.here('logs:read', project) && <Tabs.Tab value="log">Log</Tabs.Tab>}
          <Tabs.Tab value="output">Output</Tabs.Tab>
          <Tabs.Tab value="use">CPU and memory</Tabs.Tab>
          <Tabs.Tab value="attempts">Attempts</Tabs.Tab>
          <Tabs.Tab value="place">Why here</Tabs.Tab>
          {rights.here('actions:read', project) && <Tabs.Tab value="actions">Actions</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="log">
          <LogView subject={job.id} isOpen={isOpen} />
        </Tabs.Panel>
        <Tabs.Panel value="output">
          <OutputList job={job.id} isOpen={isOpen} />
        </Tabs.Panel>
        <Tabs.Panel value="use">
          <UsagePlots job={job.id} isOpen={isOpen} />
        </Tabs.Panel>
        <Tabs.Panel value="attempts">
          <AttemptTable tasks={job.tasks} />
        </Tabs.Panel>
        <Tabs.Panel value="place">
          <PlacementList slots={job.slots} />
        </Tabs.Panel>
        <Tabs.Panel value="actions">
          <JobActions job={job.id} />
        </Tabs.Panel>
      </Tabs>
      {job.notes.length > 0 && <Notes job={job} />}
    </Stack>
  );
}

function Notes({ job: { notes } }: { readonly job: Job }) {
  return (
    <Section title="What happened">
      <List size="sm">
        {notes.toReversed().map(({ at, text }) => (
          <List.Item key={`${at} ${text}`}>
            <Text span c="dimmed" size="sm">
              {new Date(at).toLocaleTimeString()}
            </Text>{' '}
            {text}
          </List.Item>
        ))}
      </List>
    </Section>
  );
}

function JobButtons({ job }: { readonly job: Job }) {
  const navigate = useNavigate();
  const project = useProjectOf()(job.application);
  const may = useRights().here('jobs:write', project);
  const stop = useAct('stopJob', { done: () => 'The job is being stopped.' });
  const rerun = useAct('rerunJob', {
    done: () => 'It runs once more.',
    after: ({ id }) => void navigate({ to: '/jobs/$job', params: { job: id } as never }),
  });
  const params = { job: job.id };
  if (!may) return null;
  if (job.endedAt !== null)
    return (
      <Button
        variant="default"
        leftSection={<RotateCcw size={15} aria-hidden />}
        loading={rerun.isPending}
        onClick={() => rerun.mutate({ params })}
      >
        Run once more
      </Button>
    );
  const ask = () =>
    askFirst({
      title: 'Stop this job?',
      what: 'Its algorithm is told to end and is killed after the grace that the instance gives. A stopped job is not started again.',
      act: 'Stop',
      onYes: () => stop.mutate({ params, body: {} }),
    });
  return (
    <Button
      color="red"
      variant="light"
      leftSection={<CircleStop size={15} aria-hidden />}
      loading={stop.isPending}
      disabled={job.stop !== null}
      onClick={ask}
    >
      {job.stop === null ? 'Stop' : 'Stopping'}
    </Button>
  );
}
