// What is wrong with the platform now, what to do, and a way to keep it quiet.
import { Button, Stack, Text } from '@mantine/core';
import type { ItemOf } from '../../../src/api/contract/answers.ts';
import { useAct } from '../api/use-act.ts';
import { useAnswer } from '../api/use-answer.ts';
import { useRights } from '../api/use-me.ts';
import { askFirst } from '../shown/ask-first.tsx';
import { DataTable } from '../shown/data-table.tsx';
import { Section } from '../shown/section.tsx';
import { spoken } from '../shown/spoken.ts';
import { StateBadge } from '../shown/state-badge.tsx';
import { SubjectLink } from '../shown/subject-link.tsx';
import { When } from '../shown/when.tsx';

type Alert = ItemOf<'listAlerts'>;

const MOST = 200;
const EVERY_MS = 15_000;
const QUIET_MS = 4 * 3_600_000;

/** The alerts that are open. */
export function useOpenAlerts() {
  const enabled = useRights().here('alerts:read');
  return useAnswer('listAlerts', { query: { state: 'open', limit: MOST } }, { enabled, everyMs: EVERY_MS });
}

/** Open alerts, newest first. */
export function AlertSection() {
  const alerts = useOpenAlerts();
  const may = useRights().here('alerts:write');
  const silence = useAct('silenceAlerts', { done: () => 'It is kept quiet for four hours.' });
  const ask = ({ rule, subject, text }: Alert) =>
    askFirst({
      title: 'Keep this quiet for four hours?',
      what: `${text} Nobody is told of it meanwhile; it is still shown here.`,
      act: 'Keep quiet',
      onYes: () => silence.mutate({ body: { rule, subject, reason: 'Kept quiet in the console.', forMs: QUIET_MS } }),
    });
  return (
    <Section
      title="Alerts"
      about="What is wrong now. Routes by which people are told are added with 'berth alert route add'."
    >
      <DataTable<Alert>
        caption="Open alerts"
        rows={alerts.data?.items}
        error={alerts.error}
        rowKey={({ id }) => id}
        empty="Nothing is wrong."
        columns={[
          { label: 'Severity', render: ({ severity }) => <StateBadge state={severity} /> },
          { label: 'About', render: ({ subject }) => <SubjectLink subject={subject} /> },
          { label: 'What', render: (alert) => <What alert={alert} /> },
          { label: 'Since', render: ({ openedAt }) => <When at={openedAt} /> },
          {
            label: '',
            render: (alert) =>
              may &&
              alert.silencedUntil === null && (
                <Button size="compact-sm" variant="default" onClick={() => ask(alert)}>
                  Keep quiet
                </Button>
              ),
          },
        ]}
      />
    </Section>
  );
}

function What({ alert: { text, remedy, silencedUntil } }: { readonly alert: Alert }) {
  return (
    <Stack gap={2}>
      <Text size="sm">{spoken(text)}</Text>
      <Text size="xs" c="dimmed">
        {remedy}
      </Text>
      {silencedUntil !== null && (
        <Text size="xs" c="dimmed">
          Quiet until <When at={silencedUntil} />
        </Text>
      )}
    </Stack>
  );
}
