// The platform itself: its parts with their heartbeats, what waits, and what monitoring did by itself.
import { Stack } from '@mantine/core';
import { useMemo } from 'react';
import { useAnswer } from '../api/use-answer.ts';
import { useRights } from '../api/use-me.ts';
import { ErrorPanel } from '../shown/error-panel.tsx';
import { Facts } from '../shown/facts.tsx';
import { PageTitle } from '../shown/page-title.tsx';
import { Section } from '../shown/section.tsx';
import { When } from '../shown/when.tsx';
import { AlertSection } from './alert-section.tsx';
import { ComponentTable } from './component-table.tsx';
import { EventTable } from './event-table.tsx';
import { LogSection } from './log-section.tsx';
import { ProcessTable } from './process-table.tsx';
import { useEvents } from './use-events.ts';

/** What the platform does by itself when it finds something wrong with machines. */
const BY_MONITORING =
  /^(node|server|lease|fleet|recovery|component|alert)\.|^(job\.copy-moved|task\.lost|calendar\.not-extended)$/;

/** Components, backlog and monitoring. */
export function PlatformPage() {
  const status = useAnswer('status');
  const rights = useRights();
  return (
    <>
      <PageTitle title="Platform" about="What it is made of, and how each part of it is." />
      <Stack gap="xl">
        {rights.here('alerts:read') && <AlertSection />}
        <ComponentTable />
        <ProcessTable />
        {status.error && <ErrorPanel error={status.error} />}
        {status.data && (
          <Section title="In numbers">
            <Facts
              facts={[
                ['Version', status.data.version],
                ['Platform', status.data.platform],
                ['Started', <When key="started" at={status.data.startedAt} />],
                ['Schedules', status.data.schedules === 'paused' ? 'all held back' : 'running'],
                ['Decisions waiting', status.data.backlog.waiting],
                ['Decisions under way', status.data.backlog.running],
                ['Alarms set', status.data.backlog.alarms],
              ]}
            />
          </Section>
        )}
        {rights.here('events:read') && <Monitoring />}
        {rights.here('platform-logs:read') && <LogSection />}
      </Stack>
    </>
  );
}

function Monitoring() {
  const { rows, error, more } = useEvents(undefined);
  const shown = useMemo(() => rows?.filter(({ kind }) => BY_MONITORING.test(kind)), [rows]);
  return (
    <Section title="What monitoring did" about="Machines that were found in trouble, and what was tried, newest first.">
      <EventTable
        caption="What monitoring did"
        rows={shown}
        error={error}
        more={more}
        empty="Nothing: all machines were well, as far as events are loaded."
      />
    </Section>
  );
}
