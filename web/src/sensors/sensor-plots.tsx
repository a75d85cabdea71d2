// What a sensor measured before.
import { Anchor, Card, SegmentedControl, SimpleGrid, Skeleton, Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { addressOf } from '../api/call.ts';
import { useAnswer } from '../api/use-answer.ts';
import { ErrorPanel } from '../shown/error-panel.tsx';
import { Plot, type PlotLine } from '../shown/plot.tsx';
import { Section } from '../shown/section.tsx';

type Field = AnswerOf<'sensorOverTime'>['fields'][number];

const RANGES = [
  { value: '1h', label: '1 hour' },
  { value: '24h', label: '24 hours' },
  { value: '7d', label: '7 days' },
  { value: '365d', label: '1 year' },
];
const EVERY_MS = 10_000;

/** One plot for each field that is a number. */
export function SensorPlots({ sensor }: { readonly sensor: string }) {
  const [since, setSince] = useState('1h');
  const words = { params: { sensor }, query: { since } };
  const found = useAnswer('sensorOverTime', words, { everyMs: EVERY_MS });
  const fields = found.data?.fields.filter(({ points }) => points.length > 0);
  return (
    <Section
      title="Before"
      actions={
        <>
          <Anchor href={addressOf('exportReadings', words)} download={`${sensor}.csv`} size="sm">
            As CSV
          </Anchor>
          <SegmentedControl size="xs" aria-label="How far back" data={RANGES} value={since} onChange={setSince} />
        </>
      }
    >
      {found.error && !found.data && <ErrorPanel error={found.error} />}
      {!fields && !found.error && <Skeleton height={180} />}
      {fields?.length === 0 && (
        <Text size="sm" c="dimmed">
          There are no numbers in this time.
        </Text>
      )}
      <SimpleGrid cols={{ base: 1, md: fields && fields.length > 1 ? 2 : 1 }}>
        {fields?.map((field) => (
          <FieldPlot key={field.name} field={field} />
        ))}
      </SimpleGrid>
    </Section>
  );
}

function FieldPlot({ field }: { readonly field: Field }) {
  const { name, unit, points } = field;
  const lines = useMemo<readonly PlotLine[]>(
    () => [
      { label: 'mean', colour: '#1b8a9e', points: points.map(({ at, mean }) => ({ at, value: mean })) },
      { label: 'least', colour: '#74c0fc', points: points.map(({ at, min }) => ({ at, value: min })) },
      { label: 'most', colour: '#e8590c', points: points.map(({ at, max }) => ({ at, value: max })) },
    ],
    [points],
  );
  const shown = (value: number) => `${Number(value.toPrecision(4))}${unit === '' ? '' : ` ${unit}`}`;
  return (
    <Card withBorder padding="sm">
      <Text size="sm" mb={4}>
        {name}
      </Text>
      <Plot label={`${name} over time; at last ${shown(points.at(-1)?.mean ?? 0)}`} lines={lines} shown={shown} />
    </Card>
  );
}
