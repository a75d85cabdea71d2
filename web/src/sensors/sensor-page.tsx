// One sensor: what it measures now and measured before, how it is, and its faults.
import { Button, Code, Group, Stack, Text } from '@mantine/core';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { useAct } from '../api/use-act.ts';
import { useAnswer } from '../api/use-answer.ts';
import { useRights } from '../api/use-me.ts';
import { askFirst } from '../shown/ask-first.tsx';
import { AwaitedPage } from '../shown/awaited-page.tsx';
import { DataTable } from '../shown/data-table.tsx';
import { Facts } from '../shown/facts.tsx';
import { PageTitle } from '../shown/page-title.tsx';
import { Section } from '../shown/section.tsx';
import { ShownOnce } from '../shown/shown-once.tsx';
import { StateBadge } from '../shown/state-badge.tsx';
import { When } from '../shown/when.tsx';
import { LiveValues } from './live-values.tsx';
import { SensorPlots } from './sensor-plots.tsx';

type Sensor = AnswerOf<'showSensor'>;

const ABOVE = [{ to: '/sensors', label: 'Sensors' }];

/** The page of a sensor. */
export function SensorPage() {
  const { sensor } = useParams({ strict: false }) as { readonly sensor: string };
  const found = useAnswer('showSensor', { params: { sensor } });
  if (!found.data) return <AwaitedPage title={sensor} above={ABOVE} error={found.error} />;
  const { data } = found;
  return (
    <>
      <PageTitle title={data.id} about={<Head sensor={data} />} above={ABOVE}>
        <SensorButtons sensor={data} />
      </PageTitle>
      <Stack gap="xl">
        <LiveValues sensor={data.id} />
        <SensorPlots sensor={data.id} />
        <SensorFacts sensor={data} />
        <Credential sensor={data} />
        <Faults sensor={data} />
      </Stack>
    </>
  );
}

function Head({ sensor: { name, enabled, state, reason } }: { readonly sensor: Sensor }) {
  return (
    <>
      {name} <StateBadge state={enabled ? state : 'disabled'} /> {reason}
    </>
  );
}

function SensorFacts({ sensor }: { readonly sensor: Sensor }) {
  const { type, location, tags, schedule, readings, misfits, lastReadingAt, topics, network } = sensor;
  const reach = Object.entries(network).map(([name, value]) => `${name}: ${value}`);
  return (
    <Facts
      facts={[
        ['Type', type],
        ['Place', location],
        tags.length === 0 ? null : ['Tags', tags.join(', ')],
        ['Readings', `${readings.toLocaleString()} taken, ${misfits.toLocaleString()} refused`],
        ['Last reading', <When key="l" at={lastReadingAt} />],
        ['Taken', schedule === null ? 'always' : schedule.words],
        reach.length === 0 ? null : ['Reached by', reach.join(', ')],
        ['It sends to', <Code key="t">{topics.readings}</Code>],
        ['It is told on', <Code key="c">{topics.controls}</Code>],
      ]}
    />
  );
}

function SensorButtons({ sensor: { id, enabled } }: { readonly sensor: Sensor }) {
  const navigate = useNavigate();
  const may = useRights().here('sensors:write');
  const enable = useAct('enableSensor', { done: () => 'Its readings are taken again.' });
  const disable = useAct('disableSensor', { done: () => 'Its readings are refused from now on.' });
  const remove = useAct('removeSensor', {
    done: () => `${id} is forgotten.`,
    after: () => void navigate({ to: '/sensors' }),
  });
  if (!may) return null;
  const params = { sensor: id };
  const forget = () =>
    askFirst({
      title: `Forget ${id}?`,
      what: 'Its device is let in no more and is bound to nothing. Readings that it sent are kept as long as any.',
      act: 'Forget',
      onYes: () => remove.mutate({ params }),
    });
  return (
    <>
      <Button
        variant="default"
        loading={enable.isPending || disable.isPending}
        onClick={() => (enabled ? disable : enable).mutate({ params })}
      >
        {enabled ? 'Disable' : 'Enable'}
      </Button>
      <Button color="red" variant="light" onClick={forget}>
        Forget
      </Button>
    </>
  );
}

function Credential({ sensor: { id, hasCredential } }: { readonly sensor: Sensor }) {
  const may = useRights().here('sensors:write');
  const [given, setGiven] = useState<AnswerOf<'renewSensorCredential'> | null>(null);
  const renew = useAct('renewSensorCredential', { after: setGiven });
  const revoke = useAct('revokeSensorCredential', {
    done: () => 'The device cannot sign in any more.',
    after: () => setGiven(null),
  });
  if (!may) return null;
  const params = { sensor: id };
  const ask = () =>
    askFirst({
      title: hasCredential ? `A new password for ${id}?` : `A password for ${id}?`,
      what: hasCredential
        ? 'The device with the old one is cut off at once.'
        : 'It is shown once; the device signs in with it.',
      act: 'Make it',
      onYes: () => renew.mutate({ params }),
    });
  return (
    <Section title="Password of the device" about={hasCredential ? 'It has one.' : 'It has none: it cannot sign in.'}>
      {given && (
        <ShownOnce title={`The device signs in as ${given.user} with this password`} value={given.password}>
          Copy it now: it is not shown again. It sends to <Code>{given.topics.readings}</Code>.
        </ShownOnce>
      )}
      <Group>
        <Button variant="default" loading={renew.isPending} onClick={ask}>
          {hasCredential ? 'Give it another' : 'Give it one'}
        </Button>
        {hasCredential && (
          <Button variant="default" loading={revoke.isPending} onClick={() => revoke.mutate({ params })}>
            Take it away
          </Button>
        )}
      </Group>
    </Section>
  );
}

function Faults({ sensor: { samples, misfits } }: { readonly sensor: Sensor }) {
  return (
    <Section title="Faults" about="The last readings that were refused.">
      {misfits === 0 && samples.length === 0 ? (
        <Text size="sm" c="dimmed">
          Every reading was as its type says.
        </Text>
      ) : (
        <DataTable
          caption="Refused readings"
          rows={samples.toReversed()}
          rowKey={({ at, text }) => `${at} ${text}`}
          empty="None is kept any more."
          columns={[
            { label: 'When', render: ({ at }) => <When at={at} /> },
            { label: 'What it sent', render: ({ text }) => <Code>{text}</Code> },
            { label: 'What is wrong', render: ({ fault }) => fault },
          ]}
        />
      )}
    </Section>
  );
}
