// Everything in one look: what runs, what runs next, what failed and why, and how loaded the machines are.
import { Alert, Anchor, SimpleGrid, Skeleton, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { CirclePause } from 'lucide-react';
import { useAnswer } from '../api/use-answer.ts';
import { useLively } from '../api/use-lively.ts';
import { useMe, useRights } from '../api/use-me.ts';
import { ErrorPanel } from '../shown/error-panel.tsx';
import { LiveMark } from '../shown/live-mark.tsx';
import { PageTitle } from '../shown/page-title.tsx';
import { CountCards } from './count-cards.tsx';
import { FailureList } from './failure-list.tsx';
import { FleetLoad } from './fleet-load.tsx';
import { NextTable } from './next-table.tsx';
import { OpenAlerts } from './open-alerts.tsx';
import { RunningTable } from './running-table.tsx';

/** The first page that somebody sees. */
export function OverviewPage() {
  return useRights().anywhere('platform:read') ? <Everything /> : <NoProjectYet />;
}

function Everything() {
  const rights = useRights();
  const state = useLively(['overview']);
  const overview = useAnswer('overview');
  const { data } = overview;
  return (
    <>
      <PageTitle title="Overview" about="What runs, what comes next, what failed and why.">
        <LiveMark state={state} />
      </PageTitle>
      {overview.error && !data && <ErrorPanel error={overview.error} />}
      {!data && !overview.error && <Skeleton height={320} />}
      {data && (
        <Stack gap="xl">
          <OpenAlerts />
          {data.schedules === 'paused' && <HeldBack />}
          <CountCards overview={data} />
          <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="xl" verticalSpacing="xl">
            <RunningTable overview={data} />
            <NextTable overview={data} />
          </SimpleGrid>
          <FailureList overview={data} />
          {rights.here('nodes:read') && <FleetLoad />}
        </Stack>
      )}
    </>
  );
}

function HeldBack() {
  return (
    <Alert color="yellow" icon={<CirclePause size={18} aria-hidden />} title="All schedules are held back">
      What runs goes on; nothing new is made until somebody lets schedules run again.
    </Alert>
  );
}

function NoProjectYet() {
  const me = useMe().data;
  return (
    <>
      <PageTitle title={`Welcome${me ? `, ${me.displayName}` : ''}`} />
      <Text>
        You have no role in any project yet, so there is nothing to see. Ask an administrator for one; this page fills
        by itself. Meanwhile you may look after{' '}
        <Anchor component={Link} to="/account" underline="always">
          your account
        </Anchor>
        .
      </Text>
    </>
  );
}
