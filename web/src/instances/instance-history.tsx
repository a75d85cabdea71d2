// The jobs of an instance so far: how long they took, how many succeeded, how late they began.
import { Card, SimpleGrid, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { duration, percent } from '../shown/amounts.ts';
import { DataTable } from '../shown/data-table.tsx';
import { Section } from '../shown/section.tsx';
import { StateBadge } from '../shown/state-badge.tsx';
import { When } from '../shown/when.tsx';
import { timeIn } from './time-in.ts';

type History = AnswerOf<'instanceHistory'>;

const ORIGINS = { occurrence: 'its schedule', manual: 'by hand', after: 'another job', rerun: 'once more' } as const;
const FEW = 10;

interface Shown {
  readonly name: string;
  readonly zone: string;
  readonly history: History | undefined;
  readonly error: Error | null;
}

/** The summary and the jobs, newest first. */
export function InstanceHistory({ name, zone, history, error }: Shown) {
  const [all, setAll] = useState(false);
  const jobs = history?.jobs;
  return (
    <Section title="History" about={history && aboutJobs(history.summary.jobs)}>
      <Stack gap="sm">
        {history && history.summary.succeeded + history.summary.failed + history.summary.stopped > 0 && (
          <Summary summary={history.summary} />
        )}
        <DataTable
          caption={`Jobs of ${name}`}
          rows={all ? jobs : jobs?.slice(0, FEW)}
          error={error}
          rowKey={({ job }) => job}
          linkTo={({ job }) => `/jobs/${encodeURIComponent(job)}`}
          empty="It had no job yet."
          more={!all && jobs && jobs.length > FEW ? { load: () => setAll(true), loading: false } : null}
          columns={[
            { label: 'Job of', sort: ({ startsAt }) => startsAt, render: ({ startsAt }) => timeIn(startsAt, zone) },
            { label: 'State', sort: ({ state }) => state, render: ({ state }) => <StateBadge state={state} /> },
            { label: 'Made by', render: ({ origin }) => ORIGINS[origin] },
            {
              label: 'Ended',
              sort: ({ endedAt }) => endedAt,
              render: ({ endedAt }) => (endedAt === null ? 'not yet' : <When at={endedAt} />),
            },
            {
              label: 'Late by',
              numeric: true,
              sort: ({ latenessMs }) => latenessMs,
              render: ({ latenessMs }) => orDash(latenessMs),
            },
            {
              label: 'Took',
              numeric: true,
              sort: ({ durationMs }) => durationMs,
              render: ({ durationMs }) => orDash(durationMs),
            },
          ]}
        />
      </Stack>
    </Section>
  );
}

function Summary({ summary }: { readonly summary: History['summary'] }) {
  const { succeeded, failed, stopped, successRate, p50DurationMs, p95DurationMs, p50LatenessMs, p95LatenessMs } =
    summary;
  return (
    <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="sm">
      <Figure
        label="Succeeded"
        value={successRate === null ? '–' : percent(successRate)}
        about={`${succeeded} succeeded, ${failed} failed, ${stopped} stopped`}
      />
      <Figure label="Usually took" value={orDash(p50DurationMs)} about={`19 of 20 at most ${orDash(p95DurationMs)}`} />
      <Figure
        label="Usually late by"
        value={orDash(p50LatenessMs)}
        about={`19 of 20 at most ${orDash(p95LatenessMs)}`}
      />
    </SimpleGrid>
  );
}

function Figure({ label, value, about }: { readonly label: string; readonly value: string; readonly about: string }) {
  return (
    <Card withBorder padding="sm">
      <Text size="sm" c="dimmed">
        {label}
      </Text>
      <Text size="xl" fw={600}>
        {value}
      </Text>
      <Text size="xs" c="dimmed">
        {about}
      </Text>
    </Card>
  );
}

function aboutJobs(count: number): string {
  return count === 1 ? 'Its only job so far.' : `Of its last ${count} jobs.`;
}

function orDash(ms: number | null): string {
  return ms === null ? '–' : duration(ms);
}
